//! `_queue`: `SimpleQueue` (`Modules/_queuemodule.c`), for a machine of one thread: nobody puts in what a waiting `get` waits for.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::Duration;

use heap::{Kind, Obj, Payload, Trash, Visit};

use super::ModuleSpec;
use crate::class::{ClassSpec, Convention, Method, flags};
use crate::objects::sequence::class_getitem;
use crate::{Args, PyResult, Signature, Vm, kinds};

const KIND: Kind = Kind(kinds::MODULES.0 + 128);

/// The payload of a `SimpleQueue`.
pub(super) struct SimpleQueue {
    items: RefCell<VecDeque<Obj>>,
}

impl Payload for SimpleQueue {
    const KIND: Kind = KIND;
    fn traverse(&self, visit: Visit<'_>) {
        self.items.borrow().iter().for_each(visit);
    }
    fn clear(&self, trash: &mut Trash<'_>) {
        self.items.take().into_iter().for_each(|item| trash.push(item));
    }
    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        self.clear(trash);
    }
}

static SIMPLE_QUEUE: ClassSpec = ClassSpec {
    name: "_queue.SimpleQueue",
    base: None,
    kind: KIND,
    flags: flags::CONTAINER | flags::HEAP_TYPE | flags::WEAKREFS,
    slots: |s| {
        s.new.set(Some(|vm, class, args| {
            if !args.all().is_empty() {
                return Err(vm.type_error("SimpleQueue() takes no arguments"));
            }
            Ok(vm.new_object(class, SimpleQueue { items: RefCell::default() }))
        }));
    },
    methods: &[
        Method::new("empty", |vm, this, _| Ok(vm.bool(own(this).items.borrow().is_empty())), Convention::NoArgs).signature("($self, /)"),
        Method::new("get", get, Convention::Keywords).signature("($self, /, block=True, timeout=None)"),
        Method::new("get_nowait", |vm, this, _| take(vm, this, Some(Duration::ZERO)), Convention::NoArgs).signature("($self, /)"),
        Method::new("put", put, Convention::Keywords).signature("($self, /, item, block=True, timeout=None)"),
        Method::new("put_nowait", put, Convention::Keywords).signature("($self, /, item)"),
        Method::new("qsize", |vm, this, _| Ok(vm.int(own(this).items.borrow().len() as i64)), Convention::NoArgs).signature("($self, /)"),
        Method::class("__class_getitem__", class_getitem, Convention::One).signature("($type, object, /)"),
    ],
    getset: &[],
    basicsize: 72,
    itemsize: 0,
    doc: "SimpleQueue()\n--\n\n",
};

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_queue",
    functions: &[],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        let namespace = vm.dict();
        vm.dict_set_str(&namespace, "__module__", vm.intern("_queue"));
        vm.dict_set_str(&namespace, "__doc__", vm.str("Raised by get_nowait() of an empty queue."));
        let bases = vm.tuple(vec![vm.types.exception.clone()]);
        let empty = vm.call(&vm.types.type_, &[vm.str("Empty"), bases, namespace])?;
        vm.state.queue_empty.set(empty.clone());
        vm.dict_set_str(&dict, "Empty", empty);
        vm.dict_set_str(&dict, "SimpleQueue", vm.late_class(&SIMPLE_QUEUE));
        Ok(())
    },
};

/// Makes the payload known to a heap.
pub(super) fn register_payloads(heap: &heap::Heap) {
    heap.register::<SimpleQueue>();
}

fn own(this: &Obj) -> &SimpleQueue {
    this.get::<SimpleQueue>().expect("a method of a queue gets one")
}

fn put(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "put", params: &["item", "block", "timeout"], positional_only: 0, positional: 3, required: 1 };
    let [Some(item), ..] = args.bind::<3>(vm, &SIGNATURE)? else { unreachable!("one argument is required") };
    own(this).items.borrow_mut().push_back(item.clone());
    Ok(vm.none())
}

fn get(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "get", params: &["block", "timeout"], positional_only: 0, positional: 2, required: 0 };
    let [block, timeout] = args.bind(vm, &SIGNATURE)?;
    let timeout = timeout.filter(|timeout| !timeout.is(&vm.consts.none)).map(|timeout| vm.as_float(timeout)).transpose()?;
    let wait = match (block.map_or(Ok(true), |block| vm.is_true(block))?, timeout) {
        (false, _) => Some(Duration::ZERO),
        (true, Some(seconds)) if seconds < 0.0 => return Err(vm.value_error("'timeout' must be a non-negative number")),
        (true, Some(seconds)) => Some(Duration::try_from_secs_f64(seconds).map_err(|_| vm.overflow_error("timeout value is too large"))?),
        (true, None) => None,
    };
    take(vm, this, wait)
}

fn take(vm: &Vm, this: &Obj, wait: Option<Duration>) -> PyResult {
    let first = own(this).items.borrow_mut().pop_front();
    if let Some(item) = first {
        return Ok(item);
    }
    let Some(wait) = wait else {
        return Err(vm.runtime_error("deadlock: the queue is empty, and there is no other thread that could put something in"));
    };
    if !wait.is_zero() {
        vm.sleep(wait)?;
    }
    let empty = vm.slot_or_none(&vm.state.queue_empty);
    Err(vm.new_exception(&empty, Vec::new()))
}
