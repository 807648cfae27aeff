# What a `type` statement and a type parameter's bound say is worked out when somebody asks.
def told(name):
    print('asked for', name)
    return int

type Number = told('Number')
print(Number.__value__, Number.__value__)

class Pair:
    type Half = told('Half'); half = Half.__value__
    def first[T: told('T')](self): pass
    def second[U: (told('U'), str)](self): pass

print(Pair.half, Pair.Half.__value__)
print(Pair.first.__type_params__[0].__bound__, Pair.second.__type_params__[0].__constraints__)
