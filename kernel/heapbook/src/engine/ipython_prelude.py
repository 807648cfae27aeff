# Makes IPython hold of a shown value what a page's session holds: `_`, `__`, `___` and `Out`, one
# reference each, none of its own; shows an error without leaving cycles behind; and keeps its two
# streams in the order they were written in.
def prepare():
    import contextlib
    import sys

    shell = get_ipython()
    hook, names = shell.displayhook, shell.user_ns

    def update_user_ns(value):
        names["___"], names["__"], names["_"] = names["__"], names["_"], value
        if value is not names["Out"]:
            names["Out"][shell.execution_count] = value

    hook.update_user_ns = update_user_ns
    hook.fill_exec_result = lambda value: None

    def showtraceback(*args, **options):
        kind, error, trace = sys.exc_info()
        sys.last_type, sys.last_value, sys.last_exc = kind, error, error
        sys.last_traceback = error.__traceback__ = trace and trace.tb_next
        shell._showtraceback(kind, error, ["%s: %s" % (kind.__name__, error)])

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


prepare()
del prepare
