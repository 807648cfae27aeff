# Makes IPython hold of a cell what a page's session holds: of a shown value `_`, `__`, `___` and `Out`,
# one reference each, none of its own; of a cell its literals, neither the tree they stand in nor its
# lines. It shows an error without leaving cycles behind, keeps its two streams in the order they
# were written in, and lets a program run a loop although the kernel's own is running.
def prepare():
    import ast
    import asyncio
    import contextlib
    import ctypes
    import gc
    import linecache
    import sys
    import threading
    import time
    import traceback

    untrack = ctypes.pythonapi.PyObject_GC_UnTrack
    untrack.argtypes, untrack.restype = [ctypes.py_object], None
    shell = get_ipython()
    hook, names = shell.displayhook, shell.user_ns

    def update_user_ns(value):
        names["___"], names["__"], names["_"] = names["__"], names["_"], value
        if value is not names["Out"]:
            names["Out"][shell.execution_count] = value

    hook.update_user_ns = update_user_ns
    hook.fill_exec_result = lambda value: None

    def literals(tree):
        return [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]

    def code_of(compiler, source, name, index, held):
        """The code of one statement, whose literals are the objects in `held`."""
        tree = compiler.ast_parse(source, filename=name)
        for node, value in zip(literals(tree), held):
            node.value = value
        statement = tree.body[index]
        if index == len(tree.body) - 1 and isinstance(statement, ast.Expr):
            return compiler(ast.Interactive([statement]), name, "single")
        return compiler(ast.Module([statement], []), name, "exec")

    def settle():
        """Waits until the thread that sends what is shown has sent it: while it works it has objects of its own.

        The names of the arguments that this cell came with are tuples, which the next collection would stop tracking.
        """
        sys.stdout.flush()
        seen = None
        while seen != (seen := gc.get_count()):
            time.sleep(0.005)
        for thing in gc.get_objects(generation=0):
            if type(thing) is tuple and "store_history" in thing:
                untrack(thing)

    async def run_ast_nodes(nodes, name, interactivity=None, compiler=None, result=None):
        held = [node.value for node in literals(ast.Module(nodes, []))]
        count = len(nodes)
        nodes.clear()
        if shell.last_execution_result is not None:
            shell.last_execution_result.error_in_exec = None
        linecache.cache.pop(name, None)
        settle()
        source = names["In"][-1]
        for index in range(count):
            try:
                code = code_of(compiler, source, name, index, held)
            except BaseException as error:
                result.error_before_exec = error
                shell.showtraceback()
                return True
            if await shell.run_code(code, result):
                return True
            code = None
        return False

    shell.run_ast_nodes = run_ast_nodes
    # What is printed is sent at once, and no timer waits for more.
    sys.stdout.flush_interval = sys.stderr.flush_interval = 0

    def showtraceback(*args, **options):
        kind, error, trace = sys.exc_info()
        sys.last_type, sys.last_value, sys.last_exc = kind, error, error
        sys.last_traceback = error.__traceback__ = trace and trace.tb_next
        shown = traceback.TracebackException(kind, error, error.__traceback__, limit=0)
        shell._showtraceback(kind, error, list(shown.format_exception_only()))

    shell.showtraceback = showtraceback
    shell._format_exception_for_storage = lambda *args, **options: []
    # It would add a hint on how to leave the notebook.
    sys.modules[type(shell).__mro__[1].__module__].warn = lambda *args, **options: None

    @contextlib.contextmanager
    def in_order(channel):
        out, stream = sys.stdout, getattr(sys, channel)
        write_now = stream.write

        def write(text):
            out.flush()
            written = write_now(text)
            stream.flush()
            return written

        if channel == "stderr":
            stream.write = write
        try:
            yield
        finally:
            stream.write = write_now

    shell._tee = in_order
    run_loop = asyncio.run

    def run(main, **options):
        ended = []
        thread = threading.Thread(target=lambda: ended.append(run_loop(main, **options)))
        thread.start()
        thread.join()
        return ended.pop()

    asyncio.run = run


prepare()
del prepare
