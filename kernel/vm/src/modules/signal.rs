//! `_signal`: handlers of signals (`Modules/signalmodule.c`). Outside, only an interrupt comes in; a program can raise any signal itself.

use heap::Obj;

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::{Args, PyResult, Signature, Vm};

use Convention::{Keywords, NoArgs, One, Positional};

/// What Ctrl-C sends.
pub(crate) const SIGINT: i64 = 2;
const NSIG: i64 = 65;

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_signal",
    functions: &[
        DEFAULT_INT_HANDLER,
        Method::new("signal", signal, Positional).signature("($module, signalnum, handler, /)"),
        Method::new("raise_signal", raise_signal, One).signature("($module, signalnum, /)"),
        Method::new("strsignal", strsignal, One).signature("($module, signalnum, /)"),
        Method::new("getsignal", |vm, _, args| Ok(handler(vm, number(vm, &args.pos()[0])?)), One).signature("($module, signalnum, /)"),
        Method::new("set_wakeup_fd", set_wakeup_fd, Keywords).signature("($module, fd, /, *, warn_on_full_buffer=True)"),
        Method::new("siginterrupt", siginterrupt, Positional).signature("($module, signalnum, flag, /)"),
        Method::new("valid_signals", valid_signals, NoArgs).signature("($module, /)"),
    ],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        for (name, value) in CONSTANTS.iter().chain(SIGNALS) {
            vm.dict_set_str(&dict, name, vm.int(*value));
        }
        if let Some(handler) = vm.dict_get_str(&dict, "default_int_handler") {
            vm.state.signals.borrow_mut().entry(SIGINT).or_insert(handler);
        }
        vm.state.signals.borrow_mut().entry(SIGPIPE).or_insert_with(|| vm.int(1));
        vm.dict_set_str(&dict, "ItimerError", vm.types.os_error.clone());
        Ok(())
    },
};

const DEFAULT_INT_HANDLER: Method = Method::new(
    "default_int_handler",
    |vm, _, args| {
        args.check(vm, "default_int_handler", 2, 2)?;
        Err(vm.new_exception(&vm.types.keyboard_interrupt, Vec::new()))
    },
    Positional,
)
.signature("($module, signalnum, frame, /)");

const SIGPIPE: i64 = 13;

const CONSTANTS: &[(&str, i64)] =
    &[("NSIG", NSIG), ("SIG_DFL", 0), ("SIG_IGN", 1), ("SIG_BLOCK", 0), ("SIG_UNBLOCK", 1), ("SIG_SETMASK", 2)];

#[rustfmt::skip]
const SIGNALS: &[(&str, i64)] = &[
    ("SIGHUP", 1), ("SIGINT", SIGINT), ("SIGQUIT", 3), ("SIGILL", 4), ("SIGTRAP", 5), ("SIGIOT", 6), ("SIGABRT", 6), ("SIGFPE", 8),
    ("SIGKILL", 9), ("SIGBUS", 7), ("SIGSEGV", 11), ("SIGSYS", 31), ("SIGPIPE", SIGPIPE), ("SIGALRM", 14), ("SIGTERM", 15), ("SIGUSR1", 10),
    ("SIGUSR2", 12), ("SIGCLD", 17), ("SIGCHLD", 17), ("SIGPWR", 30), ("SIGIO", 29), ("SIGURG", 23), ("SIGWINCH", 28), ("SIGPOLL", 29),
    ("SIGSTOP", 19), ("SIGTSTP", 20), ("SIGCONT", 18), ("SIGTTIN", 21), ("SIGTTOU", 22), ("SIGVTALRM", 26), ("SIGPROF", 27),
    ("SIGXCPU", 24), ("SIGXFSZ", 25), ("SIGRTMIN", 34), ("SIGRTMAX", 64), ("SIGSTKFLT", 16),
];

fn number(vm: &Vm, given: &Obj) -> PyResult<i64> {
    match i64::from(vm.index_c_int(given)?) {
        n @ 1..NSIG => Ok(n),
        _ => Err(vm.value_error("signal number out of range")),
    }
}

/// What a signal does now: a function, or one of the two numbers.
fn handler(vm: &Vm, signal: i64) -> Obj {
    vm.state.signals.borrow().get(&signal).cloned().unwrap_or_else(|| vm.int(0))
}

fn signal(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [signal, new] = args.check(vm, "signal", 2, 2)? else { unreachable!("two arguments were checked") };
    let signal = number(vm, signal)?;
    if !vm.is_callable(new) && !matches!(vm.int_value(new), Some(0 | 1)) {
        return Err(vm.type_error("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object"));
    }
    if matches!(signal, 9 | 19 | 32 | 33) {
        return Err(vm.os_error(&std::io::Error::from_raw_os_error(22), None));
    }
    let before = handler(vm, signal);
    let new = vm.int_value(new).map_or_else(|| new.clone(), |number| vm.int(number));
    let replaced = vm.state.signals.borrow_mut().insert(signal, new);
    drop(replaced);
    Ok(before)
}

fn raise_signal(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    vm.handle_signal(number(vm, &args.pos()[0])?)?;
    Ok(vm.none())
}

impl Vm {
    /// A signal has come: its handler is called with the frame that runs. What has no handler ends the program, or is ignored.
    pub(crate) fn handle_signal(&self, signal: i64) -> PyResult<()> {
        let known = self.state.signals.borrow().get(&signal).cloned();
        match known.as_ref().map(|known| (self.int_value(known), known)) {
            Some((None, function)) => {
                let frame = self.current_frame(0).unwrap_or_else(|| self.none());
                self.call(function, &[self.int(signal), frame]).map(drop)
            }
            Some((Some(1), _)) => Ok(()),
            _ if matches!(signal, 17 | 18 | 23 | 28) => Ok(()),
            _ if signal == SIGINT => Err(self.new_exception(&self.types.keyboard_interrupt, Vec::new())),
            // The exit status of a process that a signal has ended.
            _ => Err(self.new_exception(&self.types.system_exit, vec![self.int(128 + signal)])),
        }
    }
}

#[rustfmt::skip]
const TEXTS: &[(i64, &str)] = &[
    (1, "Hangup"), (2, "Interrupt"), (3, "Quit"), (4, "Illegal instruction"), (5, "Trace/breakpoint trap"), (6, "Aborted"), (7, "Bus error"),
    (8, "Floating point exception"), (9, "Killed"), (10, "User defined signal 1"), (11, "Segmentation fault"), (12, "User defined signal 2"),
    (13, "Broken pipe"), (14, "Alarm clock"), (15, "Terminated"), (16, "Stack fault"), (17, "Child exited"), (18, "Continued"),
    (19, "Stopped (signal)"), (20, "Stopped"), (21, "Stopped (tty input)"), (22, "Stopped (tty output)"), (23, "Urgent I/O condition"),
    (24, "CPU time limit exceeded"), (25, "File size limit exceeded"), (26, "Virtual timer expired"), (27, "Profiling timer expired"),
    (28, "Window changed"), (29, "I/O possible"), (30, "Power failure"), (31, "Bad system call"),
];

fn strsignal(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let n = number(vm, &args.pos()[0])?;
    Ok(match TEXTS.iter().find(|(signal, _)| *signal == n) {
        Some((_, text)) => vm.str(text),
        None if n >= 34 => vm.str(&format!("Real-time signal {}", n - 34)),
        None => vm.none(),
    })
}

/// Nobody writes to the descriptor: a handler is called at once, since there is one thread.
fn set_wakeup_fd(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "set_wakeup_fd", params: &["", "warn_on_full_buffer"], positional_only: 1, positional: 1, required: 1 };
    let [fd, _] = args.bind(vm, &SIGNATURE)?;
    let fd = fd.map_or(Ok(-1), |fd| vm.index_c_int(fd))?;
    Ok(vm.int(i64::from(vm.state.wakeup_fd.replace(fd))))
}

fn siginterrupt(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "siginterrupt", 2, 2)?;
    number(vm, &given[0])?;
    Ok(vm.none())
}

fn valid_signals(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    vm.set_of((1..NSIG).filter(|n| !matches!(n, 32 | 33)).map(|n| vm.int(n)).collect())
}
