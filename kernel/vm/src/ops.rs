//! What the rarer instructions do: names, slices, unpacking, `with`, patterns, building, importing (the helpers of `Python/ceval.c`).

use compile::Version;
use heap::{CellVar, Dict, Kind, List, Obj, StackRef, Tuple};

use crate::class::flags;
use crate::frame::Frame;
use crate::objects::function::Function;
use crate::protocol::Loaded;
use crate::{Args, Class, PyResult, Raised, Vm, kinds};

impl Vm {
    /// A name in globals or builtins (`LOAD_GLOBAL`).
    #[inline(never)]
    pub(crate) fn load_global(&self, frame: &Frame, name: &Obj) -> PyResult {
        if let Some(found) = self.lookup_namespace(&frame.globals, name)? {
            return Ok(found);
        }
        self.load_builtin(frame, name)
    }

    fn load_builtin(&self, frame: &Frame, name: &Obj) -> PyResult {
        match self.lookup_namespace(&frame.builtins, name)? {
            Some(found) => Ok(found),
            None => Err(self.name_not_defined(name)),
        }
    }

    /// A name in a namespace, which is a dict nearly always.
    #[inline]
    fn lookup_namespace(&self, namespace: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
        if namespace.extra().is_none()
            && let Some(dict) = namespace.get::<Dict>()
        {
            return Ok(dict.get_str_key(name));
        }
        match self.getitem(namespace, name) {
            Ok(found) => Ok(Some(found)),
            Err(raised) if raised.is(self, &self.types.key_error) => Ok(None),
            Err(raised) => Err(raised),
        }
    }

    #[inline(never)]
    pub(crate) fn load_name(&self, frame: &Frame, name: &Obj) -> PyResult {
        let Some(locals) = frame.namespace() else { return Err(self.system_error("no locals")) };
        match self.lookup_namespace(locals, name)? {
            Some(found) => Ok(found),
            // A module's locals are its globals.
            None if locals.is(&frame.globals) => self.load_builtin(frame, name),
            None => self.load_global(frame, name),
        }
    }

    #[inline(never)]
    pub(crate) fn store_name(&self, frame: &Frame, name: &Obj, value: Obj) -> PyResult<()> {
        let Some(locals) = frame.namespace() else { return Err(self.system_error("no locals")) };
        if locals.kind() == Kind::DICT && locals.extra().is_none() {
            return self.dict_set(locals, name, value);
        }
        self.setitem(locals, name, Some(&value))
    }

    /// `COPY_FREE_VARS`: the function's closure becomes the last of the frame's variables.
    #[expect(unsafe_code, reason = "places of a frame are raw memory")]
    #[inline(never)]
    pub(crate) fn copy_free_vars(&self, frame: &Frame, n: usize) {
        let first = frame.code().n_locals - n;
        // SAFETY: no Python code runs meanwhile, so the closure stays; the compiler made places for its cells, which are empty yet.
        unsafe {
            let closure = frame.function().and_then(|function| function.closure.borrow());
            for (i, cell) in closure.and_then(|closure| closure.get::<Tuple>()).map_or(&[][..], Tuple::items).iter().enumerate() {
                frame.local(first + i).write(StackRef::owned(cell.clone()));
            }
        }
    }

    pub(crate) fn delete_name(&self, frame: &Frame, name: &Obj) -> PyResult<()> {
        let Some(locals) = frame.locals.get() else { return Err(self.system_error("no locals")) };
        match self.setitem(&locals, name, None) {
            Err(raised) if raised.is(self, &self.types.key_error) => {
                // It is gone before the other comes.
                drop(raised);
                Err(self.name_not_defined(name))
            }
            done => done,
        }
    }

    pub(crate) fn delete_global(&self, frame: &Frame, name: &Obj) -> PyResult<()> {
        match self.dict_remove(&frame.globals, name)? {
            Some(_) => Ok(()),
            None => Err(self.name_not_defined(name)),
        }
    }

    pub(crate) fn load_from_dict_or_globals(&self, frame: &Frame, namespace: &Obj, name: &Obj) -> PyResult {
        match self.lookup_namespace(namespace, name)? {
            Some(found) => Ok(found),
            None => self.load_global(frame, name),
        }
    }

    pub(crate) fn load_from_dict_or_deref(&self, frame: &Frame, namespace: &Obj, place: usize) -> PyResult {
        let code = frame.code();
        if let Some(found) = self.lookup_namespace(namespace, code.place_name(place))? {
            return Ok(found);
        }
        match self.variable(frame, place) {
            Some(value) => Ok(value),
            None => Err(self.unbound_cell(code, place)),
        }
    }

    pub(crate) fn load_build_class(&self, frame: &Frame) -> PyResult {
        let name = self.intern("__build_class__");
        match self.lookup_namespace(&frame.builtins, &name)? {
            Some(found) => Ok(found),
            None => Err(self.name_error_text(&name, "__build_class__ not found".to_owned())),
        }
    }

    pub(crate) fn setup_annotations(&self, frame: &Frame) -> PyResult<()> {
        let Some(locals) = frame.locals.get() else { return Err(self.system_error("no locals found when setting up annotations")) };
        let name = self.intern("__annotations__");
        if self.lookup_namespace(&locals, &name)?.is_some() {
            return Ok(());
        }
        self.store_name(frame, &name, self.dict())
    }

    /// `LOAD_COMMON_CONSTANT`.
    pub(crate) fn common_constant(&self, index: u32) -> PyResult {
        // As they were at the start, whatever the program has put in their place.
        let builtin = |name: &str| {
            let found = self.builtins_copy.get().and_then(|builtins| self.dict_get_str(&builtins, name));
            found.ok_or_else(|| self.system_error(format!("no builtin {name}")))
        };
        match index {
            0 => Ok(self.types.assertion_error.clone()),
            1 => Ok(self.types.not_implemented_error.clone()),
            2 => Ok(self.types.tuple.clone()),
            3 => builtin("all"),
            _ => builtin("any"),
        }
    }

    /// A bound method on the stack becomes its function and its object.
    ///
    /// # Safety
    /// Two places from `callable` on: a method, and nothing.
    #[expect(unsafe_code, reason = "places on the stack are raw memory")]
    pub(crate) unsafe fn unbind(&self, callable: *mut StackRef) {
        // SAFETY: the caller's word.
        unsafe {
            let method = callable.read().into_obj();
            match self.method_parts(&method) {
                Some((function, instance)) => {
                    callable.write(StackRef::owned(function));
                    callable.add(1).write(StackRef::owned(instance));
                }
                None => {
                    callable.write(StackRef::owned(method));
                    return;
                }
            }
            drop(method);
        }
    }

    /// The positional arguments of `f(*args)`, in a tuple.
    pub(crate) fn tuple_of_arguments(&self, func: &StackRef, args: Obj) -> PyResult {
        if args.kind() == Kind::TUPLE && args.extra().is_none() {
            return Ok(args);
        }
        if self.with_class(&args, |class| class.slots.iter.get()).is_none()
            && self.with_class(&args, |class| class.slots.subscript.get()).is_none()
        {
            let callee = self.callee_text(&func.obj());
            return Err(self.type_error(format!("{callee} argument after * must be an iterable, not {}", self.type_name(&args))));
        }
        self.tuple_from(&args)
    }

    /// `CALL_FUNCTION_EX`: the frame of a Python function, or the result of anything else.
    #[expect(unsafe_code, reason = "a vector of places is moved into the frame")]
    pub(crate) fn prepare_call_ex(&self, func: StackRef, args: Obj, kwargs: Option<Obj>) -> PyResult<Result<*const Frame, Obj>> {
        let args = match self.tuple_of_arguments(&func, args) {
            Ok(args) => args,
            Err(raised) => {
                if self.version <= Version::V3_11 {
                    // Those versions forget that they hold the keywords.
                    std::mem::forget(kwargs);
                }
                return Err(raised);
            }
        };
        if func.obj().kind() != kinds::FUNCTION {
            let result = self.call_tuple(&func.obj(), &args, kwargs.as_ref());
            drop(func);
            drop(args);
            drop(kwargs);
            return result.map(Err);
        }
        let items = args.get::<Tuple>().map_or(&[][..], Tuple::items);
        let pairs = kwargs.as_ref().map(|kwargs| self.dict_items(kwargs)).unwrap_or_default();
        // Before anything is bound (`_PyStack_UnpackDict`).
        if pairs.iter().any(|(name, _)| !Vm::is_text(name)) {
            let _names = self.heap.passing_tuple(pairs.len());
            return Err(self.type_error("keywords must be strings"));
        }
        let (names, values): (Vec<Obj>, Vec<Obj>) = pairs.into_iter().unzip();
        let mut places: Vec<std::mem::ManuallyDrop<StackRef>> =
            items.iter().chain(&values).map(|arg| std::mem::ManuallyDrop::new(StackRef::owned(arg.clone()))).collect();
        // Up to 3.11 the arguments of a call with keywords were copied once more on their way.
        let copied = self.version <= Version::V3_11 && !names.is_empty();
        let copied: Vec<Obj> = if copied { items.iter().chain(&values).cloned().collect() } else { Vec::new() };
        drop(values);
        let _names = self.heap.passing_tuple(names.len());
        // SAFETY: the vector's places are moved out, and forgotten here.
        let pushed = unsafe { self.push_call(func, places.as_mut_ptr().cast(), places.len(), &names) };
        if let Ok(callee) = pushed
            && self.version <= Version::V3_11
        {
            copied
                .into_iter()
                .chain([Some(args), kwargs].into_iter().flatten())
                .for_each(|argument| self.thread.keep_argument(callee, argument));
        } else {
            drop(args);
            drop(kwargs);
        }
        pushed.map(Ok)
    }

    /// `_PyObject_FunctionStr`: the callable in messages, `module.name()`.
    fn callee_text(&self, callable: &Obj) -> String {
        let part = |name: &str| self.getattr_opt_str(callable, name).ok().flatten().filter(Vm::is_text).map(|part| self.lossy(&part));
        let Some(qualname) = part("__qualname__") else { return self.str_of(callable).map_or(String::new(), |text| self.lossy(&text)) };
        let module = part("__module__");
        // The format's `%S` calls `PyObject_Str`, which does what waits.
        self.collect_if_due();
        match module {
            Some(module) if module != "builtins" => format!("{module}.{qualname}()"),
            _ => format!("{qualname}()"),
        }
    }

    pub(crate) fn get_slice(&self, container: &Obj, start: &Obj, stop: &Obj) -> PyResult {
        let slice = self.slice(start.clone(), stop.clone(), self.none());
        self.getitem(container, &slice)
    }

    pub(crate) fn set_slice(&self, container: &Obj, start: &Obj, stop: &Obj, value: &Obj) -> PyResult<()> {
        let slice = self.slice(start.clone(), stop.clone(), self.none());
        self.setitem(container, &slice, Some(value))
    }

    /// `LOAD_SUPER_ATTR`: `super().name` without the super object, where `super` is the builtin one.
    pub(crate) fn load_super(&self, super_: &Obj, class: &Obj, instance: &Obj, name: &Obj, arg: u32) -> PyResult<Loaded> {
        if !super_.is(&self.types.super_) {
            let made = if arg & 2 != 0 { self.call(super_, &[class.clone(), instance.clone()])? } else { self.call(super_, &[])? };
            return self.getattr(&made, name).map(Loaded::Value);
        }
        self.super_attr(class, instance, name, arg & 1 != 0)
    }

    /// `LOAD_SPECIAL`: `__enter__` and its like, with CPython's complaint if they are missing.
    pub(crate) fn load_special_method(&self, owner: &Obj, which: u32) -> PyResult<Loaded> {
        let name = ["__enter__", "__exit__", "__aenter__", "__aexit__"][which as usize & 3];
        if let Some(found) = self.special_unbound(owner, name)? {
            return Ok(found);
        }
        Err(self.no_context_manager(owner, which >= 2, name))
    }

    /// A special method; a plain function comes unbound.
    fn special_unbound(&self, owner: &Obj, name: &str) -> PyResult<Option<Loaded>> {
        let name = self.intern(name);
        let Some(found) = self.class_lookup(&self.class_of(owner), &name) else { return Ok(None) };
        let class = self.class_of(&found);
        if self.class(&class).has(flags::METHOD_DESCRIPTOR) {
            return Ok(Some(Loaded::Method(found)));
        }
        match self.class(&class).slots.descr_get.get() {
            Some(get) => Ok(Some(Loaded::Value(get(self, &found, Some(owner), Some(&self.class_of(owner)))?))),
            None => Ok(Some(Loaded::Value(found))),
        }
    }

    #[cold]
    fn no_context_manager(&self, owner: &Obj, asynchronous: bool, missing: &str) -> Raised {
        let class = self.class_of(owner);
        let has = |name: &str| self.class_lookup(&class, &self.intern(name)).is_some();
        let name = self.class_name(&class);
        let protocol = if asynchronous { "asynchronous " } else { "" };
        let mut text = format!("'{name}' object does not support the {protocol}context manager protocol");
        let suggests = self.version >= Version::V3_14;
        if suggests || missing.ends_with("exit__") {
            text.push_str(&format!(" (missed {missing} method)"));
        }
        if suggests && !asynchronous && has("__aenter__") && has("__aexit__") {
            text.push_str(" but it supports the asynchronous context manager protocol. Did you mean to use 'async with'?");
        } else if suggests && asynchronous && has("__enter__") && has("__exit__") {
            text.push_str(" but it supports the context manager protocol. Did you mean to use 'with'?");
        }
        self.type_error(text)
    }

    /// 3.13's `BEFORE_WITH`: `(bound __enter__, bound __exit__)`.
    pub(crate) fn before_with(&self, manager: &Obj, asynchronous: bool) -> PyResult<(Obj, Obj)> {
        let (enter, exit) = if asynchronous { ("__aenter__", "__aexit__") } else { ("__enter__", "__exit__") };
        let Some(enter) = self.lookup_special(manager, enter)? else { return Err(self.no_context_manager(manager, asynchronous, enter)) };
        let Some(exit) = self.lookup_special(manager, exit)? else { return Err(self.no_context_manager(manager, asynchronous, exit)) };
        Ok((enter, exit))
    }

    /// `{a, b}`.
    pub(crate) fn set_of(&self, items: Vec<Obj>) -> PyResult {
        let set = self.set();
        for item in &items {
            self.set_add(&set, item)?;
        }
        Ok(set)
    }

    /// A `frozenset` of constants.
    pub(crate) fn frozenset_of(&self, items: Vec<Obj>) -> Obj {
        let list = self.list(items);
        // Constants have hashes.
        self.frozenset_from(&list).unwrap_or(list)
    }

    pub(crate) fn build_map(&self, items: Vec<Obj>) -> PyResult {
        let dict = self.dict_with_room(items.len() / 2, items.iter().step_by(2).all(|key| key.kind() == Kind::STR));
        let mut items = items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            self.dict_set(&dict, &key, value)?;
        }
        Ok(dict)
    }

    pub(crate) fn build_const_key_map(&self, keys: &Obj, values: Vec<Obj>) -> PyResult {
        let dict = self.dict_with_room(values.len(), true);
        for (key, value) in keys.get::<Tuple>().map_or(&[][..], Tuple::items).iter().zip(values) {
            self.dict_set(&dict, key, value)?;
        }
        Ok(dict)
    }

    /// `[*iterable]`.
    pub(crate) fn list_extend_op(&self, list: &Obj, iterable: &Obj) -> PyResult<()> {
        match self.list_extend(list, iterable) {
            Err(raised) if raised.is(self, &self.types.type_error) && !self.is_iterable(iterable) => {
                drop(raised);
                Err(self.type_error(format!("Value after * must be an iterable, not {}", self.type_name(iterable))))
            }
            done => done,
        }
    }

    pub(crate) fn set_update_op(&self, set: &Obj, iterable: &Obj) -> PyResult<()> {
        self.set_update(set, iterable)
    }

    fn is_iterable(&self, obj: &Obj) -> bool {
        let class = self.class_of(obj);
        let slots = &self.class(&class).slots;
        slots.iter.get().is_some() || slots.subscript.get().is_some() && obj.kind() != Kind::DICT
    }

    /// `{**mapping}`.
    pub(crate) fn dict_update_op(&self, dict: &Obj, update: &Obj) -> PyResult<()> {
        match self.dict_merge(dict, update, true) {
            Err(raised) if raised.is(self, &self.types.attribute_error) => {
                drop(raised);
                Err(self.type_error(format!("'{}' object is not a mapping", self.type_name(update))))
            }
            done => done,
        }
    }

    /// `**mapping` of a call: a name twice is an error (`_PyDict_MergeEx` with override 2).
    pub(crate) fn dict_merge_op(&self, callee: &Obj, dict: &Obj, update: &Obj) -> PyResult<()> {
        if update.kind() != Kind::DICT && self.getattr_opt_str(update, "keys")?.is_none() {
            // The error of the attempt gives way to this one.
            drop(self.attribute_error(update, &self.intern("keys")));
            let callee = self.callee_text(callee);
            return Err(self.type_error(format!("{callee} argument after ** must be a mapping, not {}", self.type_name(update))));
        }
        let (list, _iterator);
        let keys = if update.kind() == Kind::DICT {
            self.dict_items(update).into_iter().map(|(key, _)| key).collect()
        } else {
            list = self.mapping_keys(update)?;
            _iterator = self.heap.passing(kinds::LIST_ITERATOR);
            self.to_vec(&list)?
        };
        for key in keys {
            if self.dict_get(dict, &key)?.is_some() {
                // The merge's own error lives until this one is made of it (`_PyEval_FormatKwargsError`).
                let _key_error = self.key_error(&key);
                let callee = self.callee_text(callee);
                if !Vm::is_text(&key) {
                    return Err(self.type_error(format!("{callee} keywords must be strings")));
                }
                return Err(self.type_error(format!("{callee} got multiple values for keyword argument '{}'", self.lossy(&key))));
            }
            let value = self.getitem(update, &key)?;
            self.dict_set(dict, &key, value)?;
        }
        Ok(())
    }

    /// `a, b = seq` (`_PyEval_UnpackIterableStackRef`).
    #[inline(never)]
    pub(crate) fn unpack(&self, seq: &Obj, n: usize, specialised: bool) -> PyResult<Vec<Obj>> {
        let exact = match seq.kind() {
            Kind::TUPLE if seq.extra().is_none() => seq.get::<Tuple>().map(|tuple| tuple.items().to_vec()),
            Kind::LIST if seq.extra().is_none() => seq.get::<List>().map(List::to_vec),
            _ => None,
        };
        if let Some(items) = exact {
            // The special forms of CPython's instruction take the items as they are; the general one goes by an iterator.
            let iterator = if seq.kind() == Kind::LIST { kinds::LIST_ITERATOR } else { kinds::TUPLE_ITERATOR };
            let _iterator = (!specialised || items.len() != n).then(|| self.heap.passing(iterator));
            return if items.len() == n { Ok(items) } else { Err(self.wrong_length(n, items.len(), true)) };
        }
        let iterator = self.unpack_iter(seq)?;
        let mut items = Vec::with_capacity(n);
        for _ in 0..n {
            match self.next(&iterator)? {
                Some(item) => items.push(item),
                None => return Err(self.value_error(format!("not enough values to unpack (expected {n}, got {})", items.len()))),
            }
        }
        if self.next(&iterator)?.is_none() {
            return Ok(items);
        }
        // From 3.14 on, the length is told if it can be had cheaply.
        let sized = matches!(seq.kind(), Kind::LIST | Kind::TUPLE | Kind::DICT);
        let len = if sized { self.len(seq)? } else { 0 };
        Err(self.wrong_length(n, len, sized))
    }

    fn unpack_iter(&self, seq: &Obj) -> PyResult {
        match self.iter(seq) {
            Err(raised) if raised.is(self, &self.types.type_error) && !self.is_iterable(seq) => {
                drop(raised);
                Err(self.type_error(format!("cannot unpack non-iterable {} object", self.type_name(seq))))
            }
            done => done,
        }
    }

    #[cold]
    fn wrong_length(&self, wanted: usize, got: usize, known: bool) -> Raised {
        if known && got < wanted {
            return self.value_error(format!("not enough values to unpack (expected {wanted}, got {got})"));
        }
        if known && self.version >= compile::Version::V3_14 {
            return self.value_error(format!("too many values to unpack (expected {wanted}, got {got})"));
        }
        self.value_error(format!("too many values to unpack (expected {wanted})"))
    }

    /// `a, *b, c = seq`: the items before, the list, the items after.
    pub(crate) fn unpack_starred(&self, seq: &Obj, before: usize, after: usize) -> PyResult<Vec<Obj>> {
        let iterator = self.unpack_iter(seq)?;
        let mut items = Vec::with_capacity(before + 1 + after);
        for _ in 0..before {
            match self.next(&iterator)? {
                Some(item) => items.push(item),
                None => {
                    let (wanted, got) = (before + after, items.len());
                    return Err(self.value_error(format!("not enough values to unpack (expected at least {wanted}, got {got})")));
                }
            }
        }
        // `PySequence_List`; what comes after is taken from the list, which keeps its room.
        let rest = self.list(Vec::new());
        crate::objects::list::extend_from_iterator(self, &rest, &iterator, &iterator)?;
        let list = rest.get::<List>().expect("a list was made");
        if list.len() < after {
            let got = before + list.len();
            return Err(self.value_error(format!("not enough values to unpack (expected at least {}, got {got})", before + after)));
        }
        if after > 0 {
            let room = list.allocated();
            let mut all = list.take_all();
            let tail = all.split_off(all.len() - after);
            list.restore(all, room);
            items.push(rest);
            items.extend(tail);
        } else {
            items.push(rest);
        }
        Ok(items)
    }

    pub(crate) fn class_has_flag(&self, obj: &Obj, flag: u32) -> bool {
        self.with_class(obj, |class| class.has(flag))
    }

    /// `MATCH_KEYS`: a tuple of the values, or None (`_PyEval_MatchKeys`).
    pub(crate) fn match_keys(&self, subject: &Obj, keys: &Obj) -> PyResult {
        let keys = keys.get::<Tuple>().map_or(&[][..], Tuple::items);
        if keys.is_empty() {
            return Ok(self.consts.empty_tuple.clone());
        }
        let missing = self.new_instance(&self.types.object);
        let get = match self.load_method(subject, &self.intern("get"))? {
            Loaded::Method(function) => (function, Some(subject.clone())),
            Loaded::Value(value) => (value, None),
        };
        let seen = self.set_of(Vec::new())?;
        let mut values = Vec::new();
        for key in keys {
            if self.contains(&seen, key)? {
                let key = self.repr_text(key)?;
                return Err(self.value_error(format!("mapping pattern checks duplicate key ({key})")));
            }
            self.set_add(&seen, key)?;
            let args = [key.clone(), missing.clone()];
            let value = match &get.1 {
                Some(instance) => self.call_with_first(&get.0, instance, Args::positional(&args))?,
                None => self.call(&get.0, &args)?,
            };
            if value.is(&missing) {
                return Ok(self.none());
            }
            values.push(value);
        }
        Ok(self.tuple(values))
    }

    /// `MATCH_CLASS`: a tuple of the attributes, or nothing (`_PyEval_MatchClass`).
    pub(crate) fn match_class(&self, subject: &Obj, class: &Obj, positional: usize, names: &Obj) -> PyResult<Option<Obj>> {
        let Some(payload) = class.get::<Class>() else { return Err(self.type_error("called match pattern must be a class")) };
        if !self.is_instance(subject, class)? {
            return Ok(None);
        }
        // The values are in a list, which then becomes a tuple.
        let _list = self.heap.passing(Kind::LIST);
        let mut seen: Vec<Obj> = Vec::new();
        let mut values = Vec::new();
        let class_name = self.class_name(class);
        let attribute = |name: &Obj, seen: &mut Vec<Obj>| -> PyResult<Option<Obj>> {
            if seen.iter().any(|other| other.is(name) || self.lossy(other) == self.lossy(name)) {
                let name = self.repr_text(name)?;
                return Err(self.type_error(format!("{class_name}() got multiple sub-patterns for attribute {name}")));
            }
            seen.push(name.clone());
            self.getattr_opt(subject, name)
        };
        if positional > 0 {
            let match_args = self.getattr_opt_str(class, "__match_args__")?;
            let match_self = match_args.is_none() && payload.has(flags::MATCH_SELF);
            let match_args = match_args.unwrap_or_else(|| self.consts.empty_tuple.clone());
            let Some(args) = match_args.get::<Tuple>() else {
                return Err(self.type_error(format!("{class_name}.__match_args__ must be a tuple (got {})", self.type_name(&match_args))));
            };
            let allowed = if match_self { 1 } else { args.len() };
            if allowed < positional {
                let plural = if allowed == 1 { "" } else { "s" };
                return Err(
                    self.type_error(format!("{class_name}() accepts {allowed} positional sub-pattern{plural} ({positional} given)"))
                );
            }
            if match_self {
                values.push(subject.clone());
            } else {
                for name in &args.items()[..positional] {
                    if name.kind() != Kind::STR {
                        return Err(self.type_error(format!("__match_args__ elements must be strings (got {})", self.type_name(name))));
                    }
                    match attribute(name, &mut seen)? {
                        Some(value) => values.push(value),
                        None => return Ok(None),
                    }
                }
            }
        }
        for name in names.get::<Tuple>().map_or(&[][..], Tuple::items) {
            match attribute(name, &mut seen)? {
                Some(value) => values.push(value),
                None => return Ok(None),
            }
        }
        Ok(Some(self.tuple(values)))
    }

    /// `import name` (`import_name` in `ceval.c`): calls `builtins.__import__`.
    pub(crate) fn import_name(&self, frame: &Frame, name: &Obj, fromlist: &Obj, level: &Obj) -> PyResult {
        let Some(import) = self.lookup_namespace(&frame.builtins, &self.intern("__import__"))? else {
            return Err(self.import_error("__import__ not found"));
        };
        let locals = frame.locals.get().unwrap_or_else(|| self.none());
        self.call(&import, &[name.clone(), (*frame.globals).clone(), locals, fromlist.clone(), level.clone()])
    }

    /// `from module import name`: the attribute, or the submodule (`_PyEval_ImportFrom`).
    pub(crate) fn import_from(&self, module: &Obj, name: &Obj) -> PyResult {
        if let Some(found) = self.getattr_opt(module, name)? {
            return Ok(found);
        }
        if let Some(found) = self.later_name(module, name) {
            return Ok(found);
        }
        let module_name = self.getattr_opt_str(module, "__name__")?.filter(Vm::is_text);
        if let Some(module_name) = &module_name {
            let full = self.str(&format!("{}.{}", self.lossy(module_name), self.lossy(name)));
            let modules = self.modules.get();
            if let Some(found) = modules.map(|modules| self.dict_get(&modules, &full)).transpose()?.flatten() {
                return Ok(found);
            }
        }
        let file = self.getattr_opt_str(module, "__file__")?.filter(Vm::is_text);
        let where_ = file.as_ref().map_or_else(|| "unknown location".to_owned(), |file| self.lossy(file));
        let module_text = module_name.as_ref().map_or_else(|| "<unknown module name>".to_owned(), |name| self.lossy(name));
        let text = format!("cannot import name '{}' from '{module_text}' ({where_})", self.lossy(name));
        Err(self.import_from_error(&text, module_name, file, name))
    }

    /// The value in a cell of the running function, by name: `super()` and class building look for `__class__` so.
    pub(crate) fn class_cell(&self, frame: &Frame) -> Option<Option<Obj>> {
        let code = frame.code();
        let first = code.n_locals - code.code.nfreevars as usize;
        let index = (first..code.n_locals).find(|&i| self.lossy(code.place_name(i)) == "__class__")?;
        let closure = frame.function().and_then(|function: &Function| function.closure.get());
        let cell = closure.and_then(|closure| closure.get::<Tuple>().and_then(|cells| cells.items().get(index - first).cloned()));
        Some(cell.and_then(|cell| cell.get::<CellVar>().and_then(|cell| cell.value.get())))
    }

    /// What `super()` without arguments means here: the class and the first argument (`super_init_without_args`).
    pub fn super_arguments(&self) -> PyResult<(Obj, Obj)> {
        let Some(frame) = self.thread.visible() else { return Err(self.runtime_error("super(): no current frame")) };
        let code = frame.code();
        if code.code.argcount == 0 {
            return Err(self.runtime_error("super(): no arguments"));
        }
        // The first argument may have moved into a cell of the same name.
        let Some(first) = self.first_argument(frame) else { return Err(self.runtime_error("super(): arg[0] deleted")) };
        match self.class_cell(frame) {
            None => Err(self.runtime_error("super(): __class__ cell not found")),
            Some(None) => Err(self.runtime_error("super(): empty __class__ cell")),
            Some(Some(class)) if class.get::<Class>().is_none() => {
                Err(self.runtime_error(format!("super(): __class__ is not a type ({})", self.type_name(&class))))
            }
            Some(Some(class)) => Ok((class, first)),
        }
    }

    fn first_argument(&self, frame: &Frame) -> Option<Obj> {
        self.variable(frame, 0)
    }
}
