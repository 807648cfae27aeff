//! How plain instructions become special ones: what was seen decides (`Python/specialize.c`).
//!
//! A cache remembers versions, never objects with counts: what it points to is kept alive by the class or dict that has the version.

#![expect(unsafe_code, reason = "instructions and caches are rewritten in place")]

use heap::{Dict, Extra, Kind, Obj, Slot, StackRef};

use crate::class::flags;
use crate::frame::Frame;
use crate::objects::builtin_function::BuiltinFunction;
use crate::objects::code::{Cache, Instr};
use crate::objects::descriptor::{MemberDescriptor, MethodDescriptor, Place};
use crate::objects::function::Function;
use crate::objects::module::Module;
use crate::protocol::attribute::{generic_getattr, generic_setattr};
use crate::quick::{BACKOFF, Quick};
use crate::{Class, Convention, Method, Vm, kinds};

/// # Safety
/// `at` is an instruction of running code.
unsafe fn become_(at: *mut Instr, op: Quick) {
    // SAFETY: the caller's word.
    unsafe { (*at).op = op };
}

/// Nothing fits: it is tried again later.
unsafe fn later(at: *mut Instr) {
    // SAFETY: as above.
    unsafe { (*at).counter = BACKOFF };
}

/// Fuses a special form with the loads in front of it, which read variables and constants where they stand.
///
/// # Safety
/// `at` is an instruction of this frame's code.
unsafe fn fuse(frame: &Frame, at: *mut Instr, pair: Quick, local_const: Quick) {
    // SAFETY: the caller's word; what is in front belongs to the same code.
    unsafe {
        let before = at.offset_from(frame.code().instrs());
        if before >= 1 && (*at.sub(1)).op == Quick::LoadFastBorrowLoadFastBorrow {
            become_(at.sub(1), pair);
        } else if before >= 2
            && (*at.sub(2)).op == Quick::LoadFastBorrow
            && matches!((*at.sub(1)).op, Quick::LoadSmallInt | Quick::LoadConst | Quick::LoadConstImmortal)
        {
            become_(at.sub(2), local_const);
        }
    }
}

/// As [`fuse`], for the class of a variable: `type` is loaded, then the variable.
///
/// # Safety
/// As there.
unsafe fn fuse_type(frame: &Frame, at: *mut Instr) {
    // SAFETY: as there.
    unsafe {
        if at.offset_from(frame.code().instrs()) >= 2
            && matches!((*at.sub(1)).op, Quick::LoadFastBorrow | Quick::LoadFast)
            && (*at.sub(2)).op == Quick::LoadGlobalBuiltin
        {
            become_(at.sub(2), Quick::TypeOfLocal);
        }
    }
}

fn is_exact(obj: &Obj, kind: Kind) -> bool {
    obj.kind() == kind && obj.extra().is_none()
}

impl Vm {
    /// Whether the attribute that the cache names is an inline value of the object.
    ///
    /// # Safety
    /// `extra` is the object's.
    #[inline(always)]
    pub(crate) unsafe fn has_inline_value(&self, extra: &Extra, cache: &Cache) -> bool {
        // SAFETY: an object has a class, which is a class object.
        let class = unsafe { extra.class().borrow().unwrap_unchecked().payload_unchecked::<Class>() };
        u64::from(class.version.get()) == cache.version && extra.is_inline() && (cache.index as usize) < extra.capacity()
    }

    /// The attribute that the cache names, if it is an inline value and set.
    ///
    /// # Safety
    /// The cache is one of an instruction that loads attributes.
    #[inline(always)]
    pub(crate) unsafe fn inline_value(&self, owner: &Obj, cache: &Cache) -> Option<Obj> {
        let extra = owner.extra()?;
        // SAFETY: the caller's word.
        if unsafe { self.has_inline_value(extra, cache) } { extra.value(cache.index as usize).get() } else { None }
    }

    /// The place of `__slots__` that the cache names, if the object has it.
    ///
    /// # Safety
    /// The cache is one of an instruction that loads or stores attributes.
    #[inline(always)]
    pub(crate) unsafe fn slot_place<'a>(&self, owner: &'a Obj, cache: &Cache) -> Option<&'a Slot> {
        let extra = owner.extra()?;
        // SAFETY: as above.
        let class = unsafe { extra.class().borrow().unwrap_unchecked().payload_unchecked::<Class>() };
        (u64::from(class.version.get()) == cache.version).then(|| extra.slot(cache.index as usize))
    }

    /// The attribute that the cache names, if the module's dict is as it was.
    ///
    /// # Safety
    /// The cache is one of an instruction that loads attributes.
    #[inline(always)]
    pub(crate) unsafe fn module_value(&self, owner: &Obj, cache: &Cache) -> Option<Obj> {
        if owner.kind() != kinds::MODULE {
            return None;
        }
        // SAFETY: the kind says so; nothing runs that could change the module's dict.
        let dict = unsafe { owner.payload_unchecked::<Module>().dict.borrow() }?.get::<Dict>()?;
        if u64::from(dict.known_keys_version()) == cache.version { dict.value_at(cache.index as usize) } else { None }
    }

    /// The builtin that the cache names, if globals and builtins have the keys that they had.
    ///
    /// # Safety
    /// The cache is one of an instruction that loads globals.
    #[inline(always)]
    pub(crate) unsafe fn global_builtin(&self, frame: &Frame, cache: &Cache) -> Option<Obj> {
        // SAFETY: only where both are dicts is the instruction specialised.
        let (globals, builtins) = unsafe { (frame.globals.payload_unchecked::<Dict>(), frame.builtins.payload_unchecked::<Dict>()) };
        let version = u64::from(globals.known_keys_version()) | u64::from(builtins.known_keys_version()) << 32;
        if version == cache.version { builtins.value_at(cache.index as usize) } else { None }
    }

    pub(crate) fn specialise_binary(&self, frame: &Frame, at: *mut Instr, left: &Obj, right: &Obj) {
        // SAFETY: `at` is the running instruction.
        unsafe {
            let arg = if (*at).op == Quick::BinarySubscr { 26 } else { (*at).arg };
            let op = match (left.kind(), right.kind(), arg) {
                (Kind::INT, Kind::INT, 0 | 13) => Quick::BinaryAddInt,
                (Kind::INT, Kind::INT, 10 | 23) => Quick::BinarySubtractInt,
                (Kind::INT, Kind::INT, 5 | 18) => Quick::BinaryMultiplyInt,
                (Kind::INT, Kind::INT, 1 | 14) => Quick::BinaryAndInt,
                (Kind::INT, Kind::INT, 6 | 19) => Quick::BinaryRemainderInt,
                (Kind::INT, Kind::INT, 2 | 15) => Quick::BinaryFloorDivideInt,
                (Kind::FLOAT | Kind::INT, Kind::FLOAT, 0 | 13) | (Kind::FLOAT, Kind::INT, 0 | 13) => Quick::BinaryAddFloat,
                (Kind::FLOAT | Kind::INT, Kind::FLOAT, 10 | 23) | (Kind::FLOAT, Kind::INT, 10 | 23) => Quick::BinarySubtractFloat,
                (Kind::FLOAT | Kind::INT, Kind::FLOAT, 5 | 18) | (Kind::FLOAT, Kind::INT, 5 | 18) => Quick::BinaryMultiplyFloat,
                (Kind::STR, Kind::STR, 0 | 13) => Quick::BinaryAddStr,
                (Kind::LIST, Kind::INT, 26) if left.extra().is_none() => Quick::SubscriptListInt,
                (Kind::TUPLE, Kind::INT, 26) if left.extra().is_none() => Quick::SubscriptTupleInt,
                (Kind::DICT, _, 26) if left.extra().is_none() => Quick::SubscriptDict,
                _ => return later(at),
            };
            become_(at, op);
            match op {
                Quick::BinaryAddFloat | Quick::BinarySubtractFloat | Quick::BinaryMultiplyFloat => {
                    fuse(frame, at, Quick::PairFloats, Quick::LocalConstFloats);
                }
                Quick::SubscriptListInt | Quick::SubscriptTupleInt | Quick::SubscriptDict | Quick::BinaryAddStr => {}
                _ => fuse(frame, at, Quick::PairInts, Quick::LocalConstInts),
            }
        }
    }

    pub(crate) fn specialise_for_iter(&self, at: *mut Instr, iterator: &Obj) {
        // SAFETY: `at` is the running instruction.
        unsafe {
            match iterator.kind() {
                kinds::RANGE_ITERATOR => become_(at, Quick::ForIterRange),
                kinds::LIST_ITERATOR => become_(at, Quick::ForIterList),
                _ => later(at),
            }
        }
    }

    pub(crate) fn specialise_to_bool(&self, at: *mut Instr, value: &Obj) {
        // SAFETY: `at` is the running instruction.
        unsafe {
            match value.kind() {
                Kind::BOOL => become_(at, Quick::ToBoolBool),
                Kind::INT => become_(at, Quick::ToBoolInt),
                Kind::STR => become_(at, Quick::ToBoolStr),
                Kind::LIST if value.extra().is_none() => become_(at, Quick::ToBoolList),
                Kind::SINGLETON if value.is(&self.consts.none) => become_(at, Quick::ToBoolNone),
                _ => later(at),
            }
        }
    }

    pub(crate) fn specialise_compare(&self, frame: &Frame, at: *mut Instr, left: &Obj, right: &Obj) {
        // SAFETY: `at` is the running instruction.
        unsafe {
            match (left.kind(), right.kind()) {
                (Kind::INT, Kind::INT) => {
                    become_(at, Quick::CompareInt);
                    fuse(frame, at, Quick::PairCompare, Quick::LocalConstCompare);
                }
                (Kind::FLOAT, Kind::FLOAT) => become_(at, Quick::CompareFloat),
                (Kind::STR, Kind::STR) if matches!((*at).arg >> 5, 2 | 3) => become_(at, Quick::CompareStr),
                _ => later(at),
            }
        }
    }

    pub(crate) fn specialise_store_subscript(&self, at: *mut Instr, container: &Obj, key: &Obj) {
        // SAFETY: `at` is the running instruction.
        unsafe {
            if is_exact(container, Kind::LIST) && key.kind() == Kind::INT {
                become_(at, Quick::StoreSubscriptListInt);
            } else if is_exact(container, Kind::DICT) {
                become_(at, Quick::StoreSubscriptDict);
            } else {
                later(at);
            }
        }
    }

    /// # Safety
    /// `at` is an instruction of this frame that has a cache.
    unsafe fn remember(&self, frame: &Frame, at: *mut Instr, op: Quick, cache: Cache) {
        // SAFETY: the caller's word.
        unsafe {
            *frame.code().caches().add((*at).cache as usize) = cache;
            become_(at, op);
        }
    }

    pub(crate) fn specialise_global(&self, frame: &Frame, at: *mut Instr) {
        // SAFETY: `at` is the running instruction; its name is one of the code's.
        unsafe {
            let name = &*frame.code().name_items().add((*at).arg as usize >> 1);
            let (globals, builtins) = (&frame.globals, &frame.builtins);
            if !is_exact(globals, Kind::DICT) || !is_exact(builtins, Kind::DICT) {
                return later(at);
            }
            let (globals, builtins) = (globals.payload_unchecked::<Dict>(), builtins.payload_unchecked::<Dict>());
            let version = u64::from(self.heap.keys_version(globals));
            if let Some(index) = globals.find_str_key(name) {
                return self.remember(frame, at, Quick::LoadGlobalModule, Cache { version, index: index as u64, word: 0 });
            }
            let Some(index) = builtins.find_str_key(name) else { return later(at) };
            let version = version | u64::from(self.heap.keys_version(builtins)) << 32;
            self.remember(frame, at, Quick::LoadGlobalBuiltin, Cache { version, index: index as u64, word: 0 });
        }
    }

    pub(crate) fn specialise_load_attr(&self, frame: &Frame, at: *mut Instr, owner: &Obj) {
        // SAFETY: `at` is the running instruction; its name is one of the code's.
        unsafe {
            let name = &*frame.code().name_items().add((*at).arg as usize >> 1);
            let is_method = (*at).arg & 1 != 0;
            if owner.kind() == kinds::MODULE
                && let Some(dict) = owner.get::<Module>().and_then(|module| module.dict.get())
                && let Some(payload) = dict.get::<Dict>()
                && owner.extra().is_none()
                && !name.is(&self.names.__doc__)
                && let Some(index) = payload.find_str_key(name)
            {
                let version = u64::from(self.heap.keys_version(payload));
                return self.remember(frame, at, Quick::LoadAttrModule, Cache { version, index: index as u64, word: 0 });
            }
            if owner.kind() == kinds::CLASS {
                let Some(found) = self.lasting_attr(owner, name) else { return later(at) };
                let version = u64::from(self.class_version(owner));
                // SAFETY of the look later: the class keeps the value as long as it has this version.
                let word = std::mem::transmute_copy::<Obj, usize>(&found);
                return self.remember(frame, at, Quick::LoadAttrClass, Cache { version, index: 0, word });
            }
            let class = self.class_of(owner);
            let payload = self.class(&class);
            if payload.slots.getattro.get().is_none_or(|get| get as usize != generic_getattr as crate::class::Binary as usize) {
                return later(at);
            }
            let version = u64::from(self.class_version(&class));
            let found = self.class_lookup(&class, name);
            if let Some(place) = found.as_ref().and_then(|found| self.slot_of(found, owner)) {
                return self.remember(frame, at, Quick::LoadAttrSlot, Cache { version, index: place as u64, word: 0 });
            }
            match found {
                None if owner.extra().is_some_and(|extra| extra.is_inline()) => match payload.key_index(name) {
                    Some(index) => {
                        self.remember(frame, at, Quick::LoadAttrInstance, Cache { version, index: index as u64, word: 0 });
                        if !is_method && at > frame.code().instrs() && (*at.sub(1)).op == Quick::LoadFastBorrow {
                            become_(at.sub(1), Quick::LocalAttr);
                        }
                    }
                    None => later(at),
                },
                Some(found) if is_method && self.class_payload(&found).has(flags::METHOD_DESCRIPTOR) => {
                    // SAFETY of the look later: the class keeps the function as long as it has this version.
                    let word = std::mem::transmute_copy::<Obj, usize>(&found);
                    if !payload.has_dict.get() {
                        self.remember(frame, at, Quick::LoadMethodPlain, Cache { version, index: 0, word });
                    } else if owner.extra().is_some_and(|extra| extra.is_inline()) && payload.key_index(name).is_none() {
                        // A name that becomes known to the class later may hide the method.
                        let known = payload.keys.borrow().len() as u64;
                        self.remember(frame, at, Quick::LoadMethodInstance, Cache { version, index: known, word });
                    } else {
                        later(at);
                    }
                }
                _ => later(at),
            }
        }
    }

    pub(crate) fn specialise_store_attr(&self, frame: &Frame, at: *mut Instr, owner: &Obj) {
        // SAFETY: `at` is the running instruction; its name is one of the code's.
        unsafe {
            let name = &*frame.code().name_items().add((*at).arg as usize);
            let class = self.class_of(owner);
            let payload = self.class(&class);
            let generic = generic_setattr as fn(&Vm, &Obj, &Obj, Option<&Obj>) -> crate::PyResult<()>;
            if payload.slots.setattro.get().is_none_or(|set| set as usize != generic as usize) {
                return later(at);
            }
            let version = u64::from(self.class_version(&class));
            let found = self.class_lookup(&class, name);
            if let Some(place) = found.as_ref().and_then(|found| self.slot_of(found, owner)) {
                return self.remember(frame, at, Quick::StoreAttrSlot, Cache { version, index: place as u64, word: 0 });
            }
            if found.is_some() || !owner.extra().is_some_and(|extra| extra.is_inline()) {
                return later(at);
            }
            match payload.key_index(name) {
                Some(index) => self.remember(frame, at, Quick::StoreAttrInstance, Cache { version, index: index as u64, word: 0 }),
                None => later(at),
            }
        }
    }

    /// What `cls.name` gives as long as the class has its version: an attribute of a plain class that is not bound.
    fn lasting_attr(&self, class: &Obj, name: &Obj) -> Option<Obj> {
        let type_ = &self.types.type_;
        let hides = |found: Obj| self.with_class(&found, |class| class.slots.descr_set.get()).is_some();
        if class.extra().is_some() || self.class_lookup(type_, name).is_some_and(hides) {
            return None;
        }
        let found = self.class_lookup(class, name)?;
        // A class that can change may become a descriptor's.
        let is_never_bound = |class: &crate::Class| class.slots.descr_get.get().is_none() && !class.has(flags::HEAP_TYPE);
        (found.get::<Function>().is_some() || self.with_class(&found, is_never_bound)).then_some(found)
    }

    /// The place of `__slots__` that the descriptor is of, if the object has it.
    fn slot_of(&self, descriptor: &Obj, owner: &Obj) -> Option<usize> {
        let member = descriptor.get::<MemberDescriptor>()?;
        let Place::Slot(place) = member.place else { return None };
        (owner.extra().is_some() && self.is_kind_of(owner, &member.class.get()?)).then_some(place as usize)
    }

    /// # Safety
    /// `callable` and the places behind it are the operands of the running call.
    pub(crate) unsafe fn specialise_call(&self, frame: &Frame, at: *mut Instr, callable: *mut StackRef) {
        // SAFETY: the caller's word.
        unsafe {
            let class = (*callable).look();
            if let Some((op, word)) = self.native_form(&class, callable.add(1), at) {
                self.remember(frame, at, op, Cache { version: 0, index: 0, word });
                if op == Quick::CallType1 {
                    fuse_type(frame, at);
                }
                return;
            }
            if class.kind() != kinds::CLASS || !(*callable.add(1)).is_null() || !self.class_of(&class).is(&self.types.type_) {
                return later(at);
            }
            let payload = self.class(&class);
            if payload.kind != Kind::INSTANCE || !payload.has(flags::HEAP_TYPE) || payload.has(flags::IS_ABSTRACT) {
                return later(at);
            }
            let plain_new = self.class_lookup(&self.types.object, &self.names.__new__);
            let same_new = match (self.class_lookup(&class, &self.names.__new__), plain_new) {
                (Some(a), Some(b)) => a.is(&b),
                _ => false,
            };
            let init = self.class_lookup(&class, &self.names.__init__).filter(|init| init.get::<Function>().is_some());
            match init {
                Some(init) if same_new => {
                    let version = u64::from(self.class_version(&class));
                    let word = std::mem::transmute_copy::<Obj, usize>(&init);
                    self.remember(frame, at, Quick::CallInit, Cache { version, index: 0, word });
                }
                _ => later(at),
            }
        }
    }

    /// The form of a call of native code that takes as many arguments as it is given, and what the form remembers: the table entry.
    ///
    /// # Safety
    /// `first` is the place behind the callable's, with the call's arguments after it; `at` is the call.
    unsafe fn native_form(&self, callable: &Obj, first: *mut StackRef, at: *mut Instr) -> Option<(Quick, usize)> {
        // SAFETY: the caller's word; an instruction follows every call.
        let (given, owner, next) = unsafe { ((*at).arg, (*first).get(), (*at.add(1)).op) };
        let fits = |method: &Method| match method.convention {
            Convention::NoArgs => given == 0,
            Convention::One => given == 1,
            Convention::Positional | Convention::Keywords => !method.varargs,
        };
        match callable.kind() {
            kinds::CLASS if owner.is_none() && given == 1 && callable.is(&self.types.type_) => Some((Quick::CallType1, 0)),
            kinds::CLASS if owner.is_none() && given == 1 && callable.is(&self.types.str) => Some((Quick::CallStr1, 0)),
            kinds::BUILTIN_FUNCTION if owner.is_none() => {
                let method = callable.get::<BuiltinFunction>()?.method;
                let is = |name| crate::builtins::function(name).is_some_and(|found| std::ptr::eq(found, method));
                let op = match given {
                    1 if is("len") => Quick::CallLen,
                    2 if is("isinstance") => Quick::CallIsInstance,
                    _ => Quick::CallBuiltin,
                };
                fits(method).then_some((op, std::ptr::from_ref(method) as usize))
            }
            kinds::METHOD_DESCRIPTOR => {
                let owner = owner?;
                let descriptor = callable.get::<MethodDescriptor>()?;
                if !self.is_own(descriptor, &owner) || !fits(descriptor.method) {
                    return None;
                }
                let appends = owner.kind() == Kind::LIST && descriptor.method.name == "append" && next == Quick::PopTop;
                let op = if appends { Quick::CallListAppend } else { Quick::CallMethod };
                Some((op, std::ptr::from_ref(descriptor.method) as usize))
            }
            _ => None,
        }
    }

    pub(crate) fn specialise_contains(&self, at: *mut Instr, container: &Obj) {
        // SAFETY: `at` is the running instruction.
        unsafe {
            match container.kind() {
                Kind::DICT if container.extra().is_none() => become_(at, Quick::ContainsDict),
                Kind::TUPLE if container.extra().is_none() => become_(at, Quick::ContainsTuple),
                _ => later(at),
            }
        }
    }

    pub(crate) fn specialise_unpack(&self, at: *mut Instr, seq: &Obj) {
        // SAFETY: `at` is the running instruction.
        unsafe {
            if (is_exact(seq, Kind::TUPLE) || is_exact(seq, Kind::LIST)) && (*at).arg == 2 {
                become_(at, Quick::UnpackPair);
            } else if is_exact(seq, Kind::TUPLE) || is_exact(seq, Kind::LIST) {
                // CPython has a special form for these, too: the instruction stays warm.
                (*at).counter = 1;
            } else {
                later(at);
            }
        }
    }
}
