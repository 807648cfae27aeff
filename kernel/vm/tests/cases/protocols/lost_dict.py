import gc, sys
gc.collect(); gc.disable()
class N:
    def __init__(self): self.x = 1
    def me(self): pass
hold=[{} for i in range(100)]
last = [0]
def c(s):
    hold.extend({} for i in range(20))
    print(s, gc.get_count()[0] - last[0] if s != 'start' else '')
    last[0] = gc.get_count()[0]
n = N(); del n.__dict__; c('start')
c('none')
try: n.y
except AttributeError as e: pass
c('miss')
try: n.y
except AttributeError as e: pass
c('again')
c('none')
m = N(); hold.append(m); del m.__dict__; c('made')
m.me; c('bound')
m = N(); hold.append(m); del m.__dict__; c('made')
m.me(); c('called')
m = N(); hold.append(m); del m.__dict__; c('made')
hasattr(m, 'y'); c('hasattr')
m = N(); hold.append(m); del m.__dict__; c('made')
m.__class__; c('class')
m = N(); hold.append(m); c('made'); 
try: m.y
except AttributeError: pass
c('plain')
m = N(); hold.append(m); del m.__dict__; c('made')
try: m.z()
except AttributeError: pass
c('call of none')
def f(m):
    for i in range(20): m.me; m.me()
f(N()); 
m = N(); hold.append(m); del m.__dict__; c('made')
f(m); c('specialised')
