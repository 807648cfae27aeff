"""Sits at the prompt as a user does, through a pseudo-terminal: what is typed, and what has to be on the screen then.

The next prompt is waited for, but where the third word says that none comes yet.
"""

import os
import pty
import re
import select
import sys

TALK = [
    (None, ">>> "),
    ("x = [1, 2]\r", ">>> "),
    ("x\r", "[1, 2]"),
    ("_ is x\r", "True"),
    ("def f(a):\r", "... "),
    ("    return a + 1\r", "... "),
    ("\r", ">>> "),
    ("f(3)\r", "\n4"),
    ("1/0\r", "ZeroDivisionError: division by zero"),
    ("import sys; sys.last_exc\r", "ZeroDivisionError('division by zero')"),
    ("f(\x03", "\nKeyboardInterrupt"),
    ("x.app\t", "x.append", "typing"),
    ("(9)\r", ">>> "),
    ("x\r", "[1, 2, 9]"),
    ("while True: pass\r", "... "),
    ("\r", "\n", "running"),
    ("\x03", "KeyboardInterrupt\r\n"),
    ("import time; time.sleep(100)\r", "\n", "running"),
    ("\x03", "KeyboardInterrupt\r\n"),
    ("class D:\r    def __del__(self): print('bye')\r\rd = D(); d.me = d\r", "d.me = d"),
    ("sys.ps1 = '$ '\r", "$ "),
    ("import atexit; atexit.register(print, 'at exit')\r", "<built-in function print>"),
    ("\x04", "bye", "leaving"),
]
PROMPT = re.compile(r"(>>> |\.\.\. |\$ )\r*$")
CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def main():
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm", HEAPBOOK_HISTORY="")
        os.execv(sys.argv[1], sys.argv[1:2])
    for typed, expected, *state in TALK:
        if typed is not None:
            os.write(terminal, typed.encode())
        seen = ""
        while expected not in seen or not state and not PROMPT.search(seen):
            if not select.select([terminal], [], [], 60)[0]:
                sys.exit(f"after {typed!r} {expected!r} did not come, but {seen!r}")
            try:
                seen = CONTROLS.sub("", seen + os.read(terminal, 65536).decode())
            except OSError:
                sys.exit(f"after {typed!r} {expected!r} did not come, but the end, and {seen!r}")
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


main()
