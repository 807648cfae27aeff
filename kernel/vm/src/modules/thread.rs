//! `_thread`: locks for a machine of one thread (`Modules/_threadmodule.c`).
//!
//! A lock that is held can only be held by this thread, so waiting for it would never end: that is an error here, said clearly.
//! Starting a thread is refused.

use std::cell::Cell;
use std::time::Duration;

use heap::{Kind, Obj};

use super::ModuleSpec;
use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::objects::struct_sequence::{self, StructField};
use crate::{Args, PyResult, Signature, Vm, kinds};

/// The one thread's identity.
const IDENT: i64 = 1;

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_thread",
    functions: &[
        Method::new("allocate_lock", |vm, _, _| Ok(vm.heap.alloc(Lock::default())), Convention::NoArgs).signature("($module, /)"),
        Method::new("allocate", |vm, _, _| Ok(vm.heap.alloc(Lock::default())), Convention::NoArgs).signature("($module, /)"),
        Method::new("exit", |vm, _, _| Err(vm.new_exception(&vm.types.system_exit, Vec::new())), Convention::NoArgs)
            .signature("($module, /)"),
        Method::new("exit_thread", |vm, _, _| Err(vm.new_exception(&vm.types.system_exit, Vec::new())), Convention::NoArgs)
            .signature("($module, /)"),
        Method::new("_is_main_interpreter", |vm, _, _| Ok(vm.bool(true)), Convention::NoArgs).signature("($module, /)"),
        Method::new("_get_name", |vm, _, _| Ok(vm.str("heapbook")), Convention::NoArgs).signature("($module, /)"),
        Method::new("_excepthook", excepthook, Convention::One).signature("($module, args, /)"),
        Method::new("get_ident", |vm, _, _| Ok(vm.int(IDENT)), Convention::NoArgs).signature("($module, /)"),
        Method::new("get_native_id", |vm, _, _| Ok(vm.int(IDENT)), Convention::NoArgs).signature("($module, /)"),
        Method::new("_count", |vm, _, _| Ok(vm.int(0)), Convention::NoArgs).signature("($module, /)"),
        Method::new("daemon_threads_allowed", |vm, _, _| Ok(vm.bool(true)), Convention::NoArgs).signature("($module, /)"),
        Method::new("_get_main_thread_ident", |vm, _, _| Ok(vm.int(IDENT)), Convention::NoArgs).signature("($module, /)"),
        Method::new("_make_thread_handle", |vm, _, _| Ok(vm.heap.alloc(Handle)), Convention::One).signature("($module, ident, /)"),
        Method::new("_shutdown", |vm, _, _| Ok(vm.none()), Convention::NoArgs).signature("($module, /)"),
        Method::new("set_name", |vm, _, _| Ok(vm.none()), Convention::One).signature("($module, /, name)"),
        Method::new("stack_size", |vm, _, _| Ok(vm.int(0)), Convention::Positional).signature("($module, size=0, /)"),
        Method::new("start_new_thread", refuse, Convention::Keywords).signature("($module, function, args, kwargs={}, /)"),
        Method::new("start_new", refuse, Convention::Keywords).signature("($module, function, args, kwargs={}, /)"),
        Method::new("start_joinable_thread", refuse, Convention::Keywords).signature("($module, /, function, handle=None, daemon=True)"),
        Method::new(
            "interrupt_main",
            |vm, _, _| {
                vm.interrupt.store(true, std::sync::atomic::Ordering::Relaxed);
                Ok(vm.none())
            },
            Convention::Positional,
        )
        .signature("($module, signum=signal.SIGINT, /)"),
    ],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        vm.dict_set_str(&dict, "error", vm.types.runtime_error.clone());
        vm.dict_set_str(&dict, "LockType", vm.types.lock.clone());
        vm.dict_set_str(&dict, "lock", vm.types.lock.clone());
        vm.dict_set_str(&dict, "RLock", vm.types.rlock.clone());
        vm.dict_set_str(&dict, "_ThreadHandle", vm.types.thread_handle.clone());
        vm.dict_set_str(&dict, "TIMEOUT_MAX", vm.float(9223372036.0));
        vm.dict_set_str(&dict, "_NAME_MAXLEN", vm.int(15));
        vm.dict_set_str(&dict, "_local", vm.late_class(&LOCAL));
        let names = ["exc_type", "exc_value", "exc_traceback", "thread"].map(StructField::Shown);
        vm.dict_set_str(&dict, "_ExceptHookArgs", struct_sequence::class(vm, "_thread._ExceptHookArgs", &names)?);
        Ok(())
    },
};

fn refuse(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    Err(vm.runtime_error("can't start new thread: this machine has one thread, so that every run is the same"))
}

/// `threading.excepthook`'s own: there is no thread whose exceptions it could tell but this one.
fn excepthook(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let value = vm.getattr_str(&args.pos()[0], "exc_value")?;
    if !vm.is_kind_of(&value, &vm.types.system_exit) {
        vm.write_stderr(&format!("Exception in thread MainThread:\n{}", vm.format_exception(&value)));
    }
    Ok(vm.none())
}

/// `threading.local`: attributes of each thread's own, of which there is one.
static LOCAL: ClassSpec = ClassSpec {
    name: "_thread._local",
    base: None,
    kind: Kind::INSTANCE,
    flags: flags::CONTAINER | flags::HEAP_TYPE | flags::DICT | flags::WEAKREFS,
    slots: |s| {
        s.new.set(Some(|vm, class, args| {
            let init = |class: &Obj| vm.class(class).slots.init.get().map(|init| init as usize);
            if !args.all().is_empty() && init(class) == init(&vm.types.object) {
                return Err(vm.type_error("Initialization arguments are not supported"));
            }
            Ok(vm.new_instance(class))
        }));
        s.getattro.set(Some(Vm::generic_getattr));
        s.setattro.set(Some(Vm::generic_setattr));
    },
    methods: &[],
    getset: &[GetSet::new("__dict__", crate::objects::own_dict)],
    basicsize: 56,
    itemsize: 0,
    doc: "_local()\n--\n\n",
};

/// A plain lock.
#[derive(Default)]
pub(super) struct Lock {
    held: Cell<bool>,
}

const LOCK: Kind = Kind(kinds::MODULES.0 + 27);
crate::leaf_payload!(Lock, LOCK);

/// A lock that its holder can take again.
#[derive(Default)]
pub(super) struct RLock {
    depth: Cell<usize>,
}

const RLOCK: Kind = Kind(kinds::MODULES.0 + 28);
crate::leaf_payload!(RLock, RLOCK);

/// The handle of the main thread.
pub(super) struct Handle;

const HANDLE: Kind = Kind(kinds::MODULES.0 + 29);
crate::leaf_payload!(Handle, HANDLE);

pub(crate) static LOCK_CLASS: ClassSpec = ClassSpec {
    name: "_thread.lock",
    base: Some(&crate::objects::object::OBJECT),
    kind: LOCK,
    flags: 0,
    slots: |s| {
        s.new.set(Some(|vm, _, _| Ok(vm.heap.alloc(Lock::default()))));
        s.repr.set(Some(|vm, this| {
            let state = if lock(this).held.get() { "locked" } else { "unlocked" };
            Ok(vm.str(&format!("<{state} _thread.lock object at {:#x}>", this.id())))
        }));
    },
    methods: &[
        Method::new("acquire", acquire, Convention::Keywords).signature("($self, /, blocking=True, timeout=-1)").varargs(),
        Method::new("acquire_lock", acquire, Convention::Keywords).signature("($self, /, blocking=True, timeout=-1)"),
        Method::new("__enter__", acquire, Convention::Keywords).signature("($self, /)").varargs(),
        Method::new("release", release, Convention::NoArgs).signature("($self, /)"),
        Method::new("release_lock", release, Convention::NoArgs).signature("($self, /)"),
        Method::new("__exit__", release, Convention::Positional).signature("($self, /, *exc_info)").varargs(),
        Method::new("locked", |vm, this, _| Ok(vm.bool(lock(this).held.get())), Convention::NoArgs).signature("($self, /)"),
        Method::new("locked_lock", |vm, this, _| Ok(vm.bool(lock(this).held.get())), Convention::NoArgs).signature("($self, /)"),
        Method::new(
            "_at_fork_reinit",
            |vm, this, _| {
                lock(this).held.set(false);
                Ok(vm.none())
            },
            Convention::NoArgs,
        )
        .signature("($self, /)"),
    ],
    getset: &[],
    basicsize: 24,
    itemsize: 0,
    doc: "lock()\n--\n\n",
};

fn lock(this: &Obj) -> &Lock {
    this.get::<Lock>().expect("a method of a lock gets one")
}

/// How long an `acquire` may wait: `(blocking=True, timeout=-1)`. Nothing is for ever.
fn may_wait(vm: &Vm, args: Args<'_>) -> PyResult<Option<Duration>> {
    static SIGNATURE: Signature =
        Signature { name: "acquire", params: &["blocking", "timeout"], positional_only: 0, positional: 2, required: 0 };
    let [blocking, timeout] = args.bind(vm, &SIGNATURE)?;
    let blocking = blocking.map_or(Ok(true), |blocking| vm.is_true(blocking))?;
    let timeout = timeout.map_or(Ok(-1.0), |timeout| vm.as_float(timeout))?;
    if !blocking && timeout != -1.0 {
        return Err(vm.value_error("can't specify a timeout for a non-blocking call"));
    }
    if timeout < 0.0 && timeout != -1.0 {
        return Err(vm.value_error("timeout value must be a non-negative number"));
    }
    Ok(match (blocking, timeout) {
        (false, _) => Some(Duration::ZERO),
        (true, -1.0) => None,
        (true, timeout) => Some(Duration::try_from_secs_f64(timeout).map_err(|_| vm.overflow_error("timeout value is too large"))?),
    })
}

fn acquire(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let wait = may_wait(vm, args)?;
    if !lock(this).held.replace(true) {
        return Ok(vm.bool(true));
    }
    let Some(timeout) = wait else {
        return Err(vm.runtime_error("deadlock: the lock is held by this thread, and there is no other one"));
    };
    // Nobody releases the lock meanwhile.
    vm.sleep(timeout)?;
    Ok(vm.bool(false))
}

fn release(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    if !lock(this).held.replace(false) {
        return Err(vm.runtime_error("release unlocked lock"));
    }
    Ok(vm.none())
}

pub(crate) static RLOCK_CLASS: ClassSpec = ClassSpec {
    name: "_thread.RLock",
    base: Some(&crate::objects::object::OBJECT),
    kind: RLOCK,
    flags: flags::BASE_TYPE,
    slots: |s| {
        s.new.set(Some(|vm, _, _| Ok(vm.heap.alloc(RLock::default()))));
        s.repr.set(Some(|vm, this| {
            let depth = rlock(this).depth.get();
            let (state, owner) = if depth > 0 { ("locked", IDENT) } else { ("unlocked", 0) };
            Ok(vm.str(&format!("<{state} _thread.RLock object owner={owner} count={depth} at {:#x}>", this.id())))
        }));
    },
    methods: &[
        Method::new("acquire", reacquire, Convention::Keywords).signature("($self, /, blocking=True, timeout=-1)").varargs(),
        Method::new("__enter__", reacquire, Convention::Keywords).signature("($self, /)").varargs(),
        Method::new("release", rerelease, Convention::NoArgs).signature("($self, /)"),
        Method::new("__exit__", rerelease, Convention::Positional).signature("($self, /, *exc_info)").varargs(),
        Method::new("locked", |vm, this, _| Ok(vm.bool(rlock(this).depth.get() > 0)), Convention::NoArgs).signature("($self, /)"),
        Method::new("_is_owned", |vm, this, _| Ok(vm.bool(rlock(this).depth.get() > 0)), Convention::NoArgs).signature("($self, /)"),
        Method::new("_recursion_count", |vm, this, _| Ok(vm.int(rlock(this).depth.get() as i64)), Convention::NoArgs)
            .signature("($self, /)"),
        Method::new(
            "_at_fork_reinit",
            |vm, this, _| {
                rlock(this).depth.set(0);
                Ok(vm.none())
            },
            Convention::NoArgs,
        )
        .signature("($self, /)"),
    ],
    getset: &[],
    basicsize: 32,
    itemsize: 0,
    doc: "",
};

fn rlock(this: &Obj) -> &RLock {
    this.get::<RLock>().expect("a method of a lock gets one")
}

fn reacquire(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    may_wait(vm, args)?;
    rlock(this).depth.set(rlock(this).depth.get() + 1);
    Ok(vm.bool(true))
}

fn rerelease(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    match rlock(this).depth.get() {
        0 => Err(vm.runtime_error("cannot release un-acquired lock")),
        depth => {
            rlock(this).depth.set(depth - 1);
            Ok(vm.none())
        }
    }
}

pub(crate) static THREAD_HANDLE: ClassSpec = ClassSpec {
    name: "_thread._ThreadHandle",
    base: Some(&crate::objects::object::OBJECT),
    kind: HANDLE,
    flags: 0,
    slots: |s| s.new.set(Some(|vm, _, _| Ok(vm.heap.alloc(Handle)))),
    methods: &[
        Method::new("join", |vm, _, _| Ok(vm.none()), Convention::Positional),
        Method::new("is_done", |vm, _, _| Ok(vm.bool(false)), Convention::NoArgs).signature("($self, /)"),
        Method::new("_set_done", |vm, _, _| Ok(vm.none()), Convention::NoArgs).signature("($self, /)"),
    ],
    getset: &[GetSet::new("ident", |vm, _| Ok(vm.int(IDENT)))],
    basicsize: 32,
    itemsize: 0,
    doc: "",
};

/// Makes the payloads known to a heap.
pub(crate) fn register_payloads(heap: &heap::Heap) {
    heap.register::<Lock>();
    heap.register::<RLock>();
    heap.register::<Handle>();
}
