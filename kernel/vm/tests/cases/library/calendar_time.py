# The dates of time, and signals.
import signal, time
print(time.gmtime(0), time.gmtime(0).tm_zone, time.gmtime(0).tm_gmtoff)
print(time.strftime("%Y-%m-%d %H:%M:%S %a %A %b %B %j %U %W %V %G %u %w %y %C %e %I %p %D %F %T %R %x %X %c %% %Z %z", time.gmtime(1e9)))
print(time.strftime("%-d %_m %010Y %^a %#Z %5d %s", time.gmtime(86400 * 3)))
for t in (-1, 951782400, 951868800, 4102444800, -2208988800, 1704067199):
    print(time.asctime(time.gmtime(t)), time.strftime("%j %U %W %G-%V", time.gmtime(t)))
print(time.mktime(time.struct_time((2024, 14, 35, 25, 61, 61, 0, 0, 0))), time.mktime(time.gmtime(12345)))
print(time.strptime("2024-02-29 13:05", "%Y-%m-%d %H:%M"))
print(time.strptime("Thu Feb 29 01:02:03 2024"))
s = time.struct_time(range(9))
print(s, len(s), s.tm_zone, s.n_fields, s == tuple(range(9)), s[3:5], s.tm_hour, time.struct_time(range(11)).tm_gmtoff)
print(time.get_clock_info("monotonic").resolution, time.tzname, time.timezone, time.daylight)
for wrong in (lambda: time.strptime("x", "%Y"), lambda: time.asctime((1, 2)), lambda: time.asctime((2000, 13, 1, 0, 0, 0, 0, 0, 0)), lambda: time.mktime(1),
              lambda: time.struct_time((1, 2)), lambda: time.gmtime("a"), lambda: time.strftime(1), lambda: time.sleep(-1), lambda: time.gmtime(1e30)):
    try:
        wrong()
    except (TypeError, ValueError, OverflowError) as e:
        print(type(e).__name__, e)
print(signal.getsignal(signal.SIGINT) is signal.default_int_handler, signal.strsignal(2), signal.getsignal(signal.SIGTERM), signal.Signals(15))
signal.signal(signal.SIGUSR1, lambda n, frame: print("got", n, frame.f_code.co_name))
signal.raise_signal(signal.SIGUSR1)
print(signal.signal(signal.SIGUSR1, signal.SIG_IGN).__name__, signal.getsignal(signal.SIGUSR1))
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt as e:
    print(repr(e))
for wrong in (lambda: signal.signal(100, signal.SIG_IGN), lambda: signal.signal(2, 5), lambda: signal.signal(9, signal.SIG_IGN)):
    try:
        wrong()
    except (ValueError, TypeError, OSError) as e:
        print(type(e).__name__, e)
