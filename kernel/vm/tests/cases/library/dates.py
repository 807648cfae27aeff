# datetime.
import copy, datetime as dt, gc, pickle, sys
D = dt.datetime
def t(*fs):
    for f in fs:
        try:
            print(repr(f()))
        except Exception as e:
            print(type(e).__name__, e)
utc = dt.UTC
d = D(2024, 2, 29, 12, 30, 15, 500, tzinfo=utc)
ist = dt.timezone(dt.timedelta(hours=5, minutes=30), "IST")
print(d, d.isoformat(), d + dt.timedelta(days=1, hours=2), d.date(), d.time(), d.timetz(), d.weekday(), d.isocalendar(), d.timestamp())
print(d.strftime("%Y/%m/%d %H:%M:%S %z %:z %Z %f %j %A %%"), f"{d:%Y}", d.ctime(), d.toordinal(), d.utctimetuple(), d.timetuple())
print(d.astimezone(ist), repr(d.astimezone(ist)), d == d.astimezone(ist), hash(d) == hash(d.astimezone(ist)), d - D(2024, 1, 1, tzinfo=utc), d.replace(year=2025, day=1))
t(lambda: dt.date(0, 1, 1), lambda: dt.date(2023, 13, 1), lambda: dt.date(2023, 2, 29), lambda: dt.date(2024), lambda: dt.date(), lambda: dt.date("a", 1, 1),
  lambda: dt.date(1, 2, 3, 4), lambda: D(2024, 1, 1, 24), lambda: D(2024, 1, 1, 1, 60), lambda: D(2024, 1, 1, fold=2), lambda: D(2024, 1, 1, tzinfo=1), lambda: dt.time(24))
t(lambda: dt.timedelta("a"), lambda: dt.timedelta(10**9), lambda: dt.timedelta(10**10), lambda: dt.timedelta(1) / 0, lambda: dt.timedelta(1) // 0, lambda: dt.timedelta(1) / 0.0,
  lambda: dt.timedelta(1) // dt.timedelta(0), lambda: dt.timedelta(1) * 1.5, lambda: dt.timedelta(seconds=1) / 3, lambda: dt.timedelta(1) * "a", lambda: dt.timedelta(1) / 0.7,
  lambda: -dt.timedelta(1, 5), lambda: abs(dt.timedelta(-1)), lambda: dt.timedelta(5) // 2, lambda: dt.timedelta(5) % dt.timedelta(2), lambda: divmod(dt.timedelta(1), dt.timedelta(hours=5)),
  lambda: dt.timedelta(days=1.5, seconds=.1, weeks=1, hours=-1), lambda: [dt.timedelta(microseconds=x + .5) for x in range(4)], lambda: dt.timedelta(1) < 1, lambda: dt.timedelta(1) == 1,
  lambda: str(dt.timedelta(-1, 1, 1)), lambda: dt.timedelta(1, 2, 3).total_seconds(), lambda: dt.timedelta.max + dt.timedelta(1), lambda: dt.timedelta(1).days, lambda: dt.timedelta(hours=25).seconds,
  lambda: 3 * dt.timedelta(1), lambda: dt.timedelta(1) * -0.5, lambda: dt.timedelta(1) / dt.timedelta(hours=7), lambda: bool(dt.timedelta(0)), lambda: dt.timedelta(milliseconds=1, minutes=1))
t(lambda: dt.date.max + dt.timedelta(1), lambda: D.max + dt.timedelta(1), lambda: dt.date(2024, 1, 31) - dt.date(2023, 12, 25), lambda: dt.date(2024, 3, 1) - dt.timedelta(1), lambda: dt.date.fromordinal(0),
  lambda: dt.date.fromordinal(10**8), lambda: dt.date.fromordinal(738000), lambda: dt.date.fromisocalendar(2024, 60, 1), lambda: dt.date.fromisocalendar(2024, 1, 8), lambda: dt.date.fromisocalendar(2020, 53, 7))
t(lambda: dt.date.fromisoformat("x"), lambda: dt.date.fromisoformat(1), lambda: dt.date.fromisoformat("2024-W01-1"), lambda: dt.date.fromisoformat("20240102"), lambda: D.fromisoformat("2024-01-02 03:04"),
  lambda: D.fromisoformat("2024-01-02T03:04:05.123456789Z"), lambda: D.fromisoformat("2024-01-02T24:00"), lambda: D.fromisoformat("2024-13-02"), lambda: D.fromisoformat("20240102T030405+0530"),
  lambda: D.fromisoformat("2024-01-02"), lambda: D.fromisoformat("2024-W011T10"), lambda: D.fromisoformat("2024-01-02T"), lambda: dt.time.fromisoformat("T03:04"), lambda: dt.time.fromisoformat("25:00"),
  lambda: dt.time.fromisoformat("03:04:05,5-01:30:15.5"), lambda: dt.time.fromisoformat("x"), lambda: dt.time.fromisoformat("0304"))
t(lambda: dt.timezone(1), lambda: dt.timezone(dt.timedelta(1)), lambda: dt.timezone(dt.timedelta(0)), lambda: dt.timezone(dt.timedelta(0), "x"), lambda: dt.timezone(dt.timedelta(0), 1), lambda: utc.utcoffset(1),
  lambda: utc.utcoffset(None), lambda: utc.fromutc(D(1, 1, 1)), lambda: dt.tzinfo().utcoffset(1), lambda: dt.tzinfo().fromutc(1), lambda: dt.timezone.min, lambda: dt.timezone(-dt.timedelta(hours=1, seconds=5)).tzname(None),
  lambda: ist, lambda: str(ist), lambda: ist == dt.timezone(dt.timedelta(hours=5, minutes=30)), lambda: utc.__getinitargs__(), lambda: utc.__reduce__())
t(lambda: D.combine(1, 2), lambda: D.combine(dt.date(1, 1, 1), dt.time(1)), lambda: D.now("x"), lambda: D.fromtimestamp("a"), lambda: D.fromtimestamp(1e20), lambda: D.fromtimestamp(1.9999999, utc),
  lambda: D.fromtimestamp(-1.5, utc), lambda: D.fromtimestamp(1e9, ist), lambda: D(2024, 1, 1) < dt.date(2024, 1, 1), lambda: D(2024, 1, 1) == dt.date(2024, 1, 1), lambda: D(1, 1, 1) - dt.date(1, 1, 1),
  lambda: D(1, 1, 1) - d, lambda: D(1, 1, 1) < d, lambda: D(1, 1, 1) == d, lambda: d < 1, lambda: d + 1, lambda: D(1, 1, 1).replace(day=40), lambda: D(1, 1, 1).replace(x=1),
  lambda: D(1, 1, 1).isoformat(timespec="x"), lambda: D(1, 1, 1).isoformat(1), lambda: D(1, 1, 1).isoformat(" ", "milliseconds"), lambda: D(1, 1, 1).astimezone(1), lambda: dt.date(1, 1, 1).strftime(1),
  lambda: format(dt.date(1, 1, 1), ""), lambda: dt.date(1, 1, 1).strftime("%Y %C %f %z|%F"), lambda: dt.time(1, 2).strftime("%H %Y"), lambda: D.strptime("01/02/2024 +0530", "%d/%m/%Y %z"),
  lambda: D.strptime("x", "%Y"), lambda: D.strptime("2024", 1), lambda: dt.time(1) < dt.time(1, tzinfo=utc), lambda: dt.time(1) == dt.time(1, tzinfo=utc), lambda: dt.time(1, 2, 3, 4, tzinfo=utc, fold=1),
  lambda: dt.time(1, 2, 3).replace(hour=5), lambda: D(9999, 12, 31, tzinfo=dt.timezone(-dt.timedelta(hours=5))).utctimetuple().tm_year, lambda: D.max, lambda: D.min, lambda: dt.time.max, lambda: D.resolution,
  lambda: d.isocalendar().week, lambda: copy.replace(dt.date(2024, 1, 1), year=5), lambda: [dt.date(y, 12, 31).isocalendar()[:2] for y in range(2018, 2027)])
for o in d, dt.date(2024, 1, 1), dt.time(1, 2, tzinfo=ist), dt.timedelta(1, 2, 3), utc, ist, D(1, 1, 1, fold=1):
    assert all(pickle.loads(pickle.dumps(o, p)) == o for p in range(6)) and copy.deepcopy(o) == o
    print(o.__reduce_ex__(4), hash(o) == hash(copy.copy(o)), sys.getsizeof(o), gc.is_tracked(o), gc.get_referents(o))
print(hash(dt.timedelta(1)), hash(dt.date(2024, 1, 1)) == hash(b"\x07\xe8\x01\x01"), utc is dt.timezone.utc is pickle.loads(pickle.dumps(utc)))
class Zone(dt.tzinfo):
    def utcoffset(self, when):
        return dt.timedelta(hours=2 if self.summer(when) else 1)
    def dst(self, when):
        return dt.timedelta(hours=1 if self.summer(when) else 0)
    def tzname(self, when):
        return "S" if self.summer(when) else "W"
    def summer(self, when):
        return 4 <= when.month <= 9
z = Zone()
s = D(2024, 6, 1, 12, tzinfo=z)
print(s, s.tzname(), s.dst(), s.astimezone(utc), d.astimezone(z), s.timetuple().tm_isdst, s.strftime("%z %Z"), gc.is_tracked(z), gc.is_tracked(s))
class My(D):
    pass
m = My(2024, 1, 1, tzinfo=z)
m.extra = m
print(type(m + dt.timedelta(1)), type(m.replace(day=2)), type(m.date()), gc.is_tracked(m), My.fromisoformat("2024-01-02"), type(My.combine(dt.date(1, 1, 1), dt.time())))
del m
print(gc.collect())
r = sys.getrefcount(z)
row = [D(2024, 1, i, tzinfo=z) for i in range(1, 11)]
print(sys.getrefcount(z) - r)
del row
print(sys.getrefcount(z) - r, isinstance(d, dt.date), D.mro(), dt.timezone.__base__)
