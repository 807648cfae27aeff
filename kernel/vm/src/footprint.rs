//! What objects take: CPython's sizes, computed without running any Python code.
//!
//! They are the sizes that `sys.getsizeof` tells for builtin objects, so figures of memory agree with those of other tools of this machine,
//! and are the same on every run and every machine.

use std::borrow::Cow;
use std::collections::HashMap;

use compile::Version;
use heap::{Dict, Int, Kind, List, Obj, Str, Tuple};

use crate::class::Native;
use crate::objects::descriptor::MethodDescriptor;
use crate::{Args, Vm};

/// How the objects of a class are measured.
#[derive(Clone, Copy)]
struct Measure {
    /// The class's `__sizeof__`, if that is native and tells more than `__basicsize__`.
    sizeof: Option<Native>,
    basic: usize,
    header: usize,
}

/// The objects of one class, all together.
pub struct ClassTotal {
    /// The class's id.
    pub class: u64,
    /// Its name.
    pub name: Cow<'static, str>,
    /// How many objects of it there are.
    pub objects: usize,
    /// What they take.
    pub bytes: usize,
}

/// The classes that were met while many objects are measured, each with its place in a row.
struct Met {
    measures: Vec<Measure>,
    /// The places of the classes of objects that say their class by their kind.
    kinds: [Option<u32>; 256],
    /// The places of the others, by the address of the class's payload; the last one, because objects of one class often stand in a row.
    classes: HashMap<usize, u32>,
    last: (usize, u32),
}

impl Met {
    fn new() -> Met {
        Met { measures: Vec::new(), kinds: [None; 256], classes: HashMap::new(), last: (0, 0) }
    }

    /// The place of an object's class; `first` is called when it is a new one.
    #[inline]
    fn place(&mut self, vm: &Vm, obj: &Obj, first: &mut impl FnMut(&Obj)) -> usize {
        // Singletons and weak references share a kind and not a class; they are few.
        let by_kind = obj.extra().is_none() && !matches!(obj.kind(), Kind::SINGLETON | Kind::WEAKREF);
        if by_kind && let Some(place) = self.kinds[obj.kind().0 as usize] {
            return place as usize;
        }
        let class = vm.with_class(obj, |class| std::ptr::from_ref(class).addr());
        if self.last.0 != class {
            let next = self.measures.len() as u32;
            let place = *self.classes.entry(class).or_insert(next);
            if place == next {
                let class = vm.class_of(obj);
                self.measures.push(vm.measure(&class));
                first(&class);
            }
            self.last = (class, place);
        }
        if by_kind {
            self.kinds[obj.kind().0 as usize] = Some(self.last.1);
        }
        self.last.1 as usize
    }
}

impl Vm {
    /// The bytes of an object, with the collector's header. A `__sizeof__` written in Python is not asked.
    pub fn footprint(&self, obj: &Obj) -> usize {
        self.measured(obj, self.measure(&self.class_of(obj)))
    }

    fn measure(&self, class: &Obj) -> Measure {
        let payload = self.class(class);
        let found = |class: &Obj| self.class_lookup(class, &self.names.__sizeof__);
        let native = |found: &Obj| found.get::<MethodDescriptor>().map(|found| found.method.call);
        let (own, general) = (found(class), found(&self.types.object));
        let is_general = own.as_ref().zip(general.as_ref()).is_some_and(|(own, general)| own.is(general));
        let sizeof = match is_general && payload.itemsize == 0 {
            true => None,
            false => own.as_ref().and_then(native).or_else(|| general.as_ref().and_then(native)),
        };
        Measure { sizeof, basic: self.basic_size(payload), header: self.header_size(payload) }
    }

    #[inline]
    fn measured(&self, obj: &Obj, measure: Measure) -> usize {
        let Measure { sizeof, basic, header } = measure;
        let own = self.known_size(obj, basic).unwrap_or_else(|| {
            let told = sizeof.and_then(|sizeof| sizeof(self, obj, Args::NONE).ok());
            told.and_then(|size| size.get::<Int>().map(|size| size.0 as usize)).unwrap_or(basic)
        });
        own + header
    }

    /// The bytes of objects that come by the million, without the collector's header; `basic` is the class's `__basicsize__`.
    #[inline]
    fn known_size(&self, obj: &Obj, basic: usize) -> Option<usize> {
        Some(match obj.kind() {
            Kind::INT => {
                let bits = obj.get::<Int>().map_or(0, |value| 64 - value.0.unsigned_abs().leading_zeros() as usize);
                24 + 4 * bits.div_ceil(30).max(usize::from(self.version >= Version::V3_11))
            }
            Kind::FLOAT => basic,
            Kind::STR if obj.extra().is_none() => self.text_size(obj.get::<Str>()?),
            Kind::LIST => basic + obj.get::<List>().map_or(0, |list| 8 * list.allocated()),
            Kind::TUPLE => basic + obj.get::<Tuple>().map_or(0, |tuple| 8 * tuple.len()),
            Kind::DICT => basic + obj.get::<Dict>().map_or(0, |dict| self.dict_table_size(dict)),
            _ => return None,
        })
    }

    /// What `sys.getsizeof` tells of an object of a builtin class that comes by the million.
    #[inline]
    pub(crate) fn plain_size(&self, obj: &Obj) -> Option<usize> {
        if obj.extra().is_some() {
            return None;
        }
        self.with_class(obj, |class| Some(self.known_size(obj, class.basicsize.get())? + self.header_size(class)))
    }

    /// Calls `each` with every object that there is and its bytes.
    #[inline]
    pub(crate) fn each_footprint(&self, each: &mut impl FnMut(&Obj, usize)) {
        let mut met = Met::new();
        self.heap.each_object(&mut |obj| {
            let place = met.place(self, obj, &mut |_| ());
            each(obj, self.measured(obj, met.measures[place]));
        });
    }

    /// The objects that there are and their bytes, class by class, in no particular order.
    pub fn class_totals(&self) -> Vec<ClassTotal> {
        let (mut met, mut totals) = (Met::new(), Vec::new());
        self.heap.each_object(&mut |obj| {
            let mut first = |class: &Obj| {
                let name = match self.class(class).full_name.get() {
                    "" => self.class_name(class).into(),
                    name => name.into(),
                };
                totals.push(ClassTotal { class: class.id(), name, objects: 0, bytes: 0 });
            };
            let place = met.place(self, obj, &mut first);
            let bytes = self.measured(obj, met.measures[place]);
            let total = &mut totals[place];
            (total.objects, total.bytes) = (total.objects + 1, total.bytes + bytes);
        });
        totals
    }

    /// The bytes of all objects that there are.
    pub fn held_bytes(&self) -> u64 {
        let mut held = 0;
        self.each_footprint(&mut |_, bytes| held += bytes as u64);
        held
    }

    /// The bytes among them that a full collection would free.
    pub(crate) fn lost_bytes(&self) -> u64 {
        let (mut met, mut lost) = (Met::new(), 0);
        self.heap.each_lost(&mut |obj| {
            let place = met.place(self, obj, &mut |_| ());
            lost += self.measured(obj, met.measures[place]) as u64;
        });
        lost
    }

    /// How many blocks of memory CPython would have for the objects: one each, and one for what a container keeps apart.
    pub(crate) fn allocated_blocks(&self) -> usize {
        let mut blocks = 0;
        self.each_footprint(&mut |obj, bytes| blocks += 1 + usize::from(self.apart(obj, bytes) > 0));
        blocks
    }

    /// What `sys._debugmallocstats()` tells, as if each pool had been filled before the next one was begun: the objects' blocks by size, in
    /// the lines of `_PyObject_DebugMallocStats`.
    pub(crate) fn malloc_stats(&self) -> String {
        const GRANULE: usize = 16;
        const CLASSES: usize = 32;
        const POOL: usize = 16 * 1024;
        const POOL_HEADER: usize = 48;
        const POOLS_IN_ARENA: usize = 64;
        let mut in_use = [0; CLASSES];
        self.each_footprint(&mut |obj, bytes| {
            let apart = self.apart(obj, bytes);
            for block in [bytes - apart, apart].into_iter().filter(|block| (1..=CLASSES * GRANULE).contains(block)) {
                in_use[(block - 1) / GRANULE] += 1;
            }
        });
        let mut text = format!("Small block threshold = {}, in {CLASSES} size classes.\n\n", CLASSES * GRANULE);
        text += "class   size   num pools   blocks in use  avail blocks\n-----   ----   ---------   -------------  ------------\n";
        let (mut all_pools, mut allocated, mut available) = (0, 0, 0);
        for (class, &blocks) in in_use.iter().enumerate().filter(|(_, blocks)| **blocks > 0) {
            let size = (class + 1) * GRANULE;
            let in_pool = (POOL - POOL_HEADER) / size;
            let pools = usize::div_ceil(blocks, in_pool);
            let free = pools * in_pool - blocks;
            text += &format!("{class:5} {size:6} {pools:11} {blocks:15} {free:13}\n");
            (all_pools, allocated, available) = (all_pools + pools, allocated + blocks * size, available + free * size);
        }
        let arenas = usize::div_ceil(all_pools, POOLS_IN_ARENA);
        let totals = [
            ("# arenas allocated current", arenas),
            ("# bytes in allocated blocks", allocated),
            ("# bytes in available blocks", available),
        ];
        totals.into_iter().fold(text + "\n", |text, (name, figure)| text + &format!("{name:35}= {figure:20}\n"))
    }

    /// How much of an object's bytes CPython keeps in a block of its own: the items of a list, the table of a dict.
    pub(crate) fn apart(&self, obj: &Obj, size: usize) -> usize {
        match obj.kind() {
            Kind::LIST => size.saturating_sub(56),
            Kind::DICT => size.saturating_sub(64),
            _ => 0,
        }
    }
}
