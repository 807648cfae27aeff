# Runs programs on this CPython, each in a process of its own forked from a warm one. Reads and writes JSON lists.
import atexit, collections, contextlib, copy, functools, gc, itertools, json, keyword, os, signal, sys, types, warnings, weakref

def run(program):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(writer, 1)
        os.close(writer)
        os.close(reader)
        signal.alarm(3)
        # Whether a full collection is worth its while depends on how many objects there are, and most are this installation's own: what
        # it imports at its start. So there are as many here as the other interpreter has.
        gc.collect()
        gc.world = list(map(list, itertools.repeat((), 10000 - len(gc.get_objects()))))
        try:
            exec(compile(program, 'program.py', 'exec'), {'__name__': 'program'})
        except BaseException as error:
            print('ended by', type(error).__name__, error)
        sys.stdout.flush()
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, errors='replace') as output:
        text = output.read()
    _, status = os.waitpid(child, 0)
    return text if status == 0 else text + f'ended with status {status}\n'

json.dump([run(program) for program in json.load(sys.stdin)], sys.stdout)
