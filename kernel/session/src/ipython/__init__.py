"""The part of IPython that notebooks ask for, on Heapbook's own kernel."""

import _heapbook

__version__ = "9.0.0"
version_info = (9, 0, 0, "")


class InteractiveShell:
    """What `get_ipython()` gives."""

    display_formatter = None

    @property
    def user_ns(self):
        import __main__
        return __main__.__dict__

    user_global_ns = user_ns

    @property
    def execution_count(self):
        return _heapbook.execution_count()

    def run_line_magic(self, magic_name, line, _stack_depth=1):
        return _heapbook.run_line_magic(magic_name, line)

    def run_cell_magic(self, magic_name, line, cell):
        return _heapbook.run_cell_magic(magic_name, line, cell)

    def magic(self, arg_s):
        name, _, line = arg_s.lstrip("%").partition(" ")
        return self.run_line_magic(name, line.strip())

    def system(self, cmd):
        from IPython.core import UsageError
        raise UsageError("`!%s` would run a program of the system; this kernel runs Python only" % cmd.strip())

    getoutput = system

    def push(self, variables):
        self.user_ns.update(variables)

    def set_next_input(self, s, replace=False):
        _heapbook.publish("set_next_input", {"text": s, "replace": replace})

    def ev(self, expr):
        return eval(expr, self.user_ns)

    def ex(self, cmd):
        exec(cmd, self.user_ns)

    def __repr__(self):
        return "<heapbook's InteractiveShell>"


_shell = InteractiveShell()


def get_ipython():
    return _shell


from IPython.display import display  # noqa: E402
