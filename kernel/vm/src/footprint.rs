//! What objects take: CPython's sizes, computed without running any Python code.
//!
//! They are the sizes that `sys.getsizeof` tells for builtin objects, so figures of memory agree with those of other tools of this machine,
//! and are the same on every run and every machine.

use std::cell::Cell;
use std::collections::HashMap;

use compile::Version;
use heap::{Dict, Int, Kind, List, Obj, Tuple};

use crate::class::Native;
use crate::objects::descriptor::MethodDescriptor;
use crate::{Args, Vm};

/// How the objects of a class are measured.
#[derive(Clone, Copy)]
struct Measure {
    /// The class's `__sizeof__`, if that is native.
    sizeof: Option<Native>,
    basic: usize,
    header: usize,
}

/// The measures of the classes that were met while many objects are measured.
struct Measures {
    /// Of objects that say their class by their kind.
    kinds: [Cell<Option<Measure>>; 256],
    classes: HashMap<u64, Measure>,
}

impl Vm {
    /// The bytes of an object, with the collector's header. A `__sizeof__` written in Python is not asked.
    pub fn footprint(&self, obj: &Obj) -> usize {
        self.measured(obj, self.measure(&self.class_of(obj)))
    }

    fn measure(&self, class: &Obj) -> Measure {
        let native = |class: &Obj| {
            let found = self.class_lookup(class, &self.names.__sizeof__)?;
            found.get::<MethodDescriptor>().map(|found| found.method.call)
        };
        let payload = self.class(class);
        let sizeof = native(class).or_else(|| native(&self.types.object));
        Measure { sizeof, basic: self.basic_size(payload), header: self.header_size(payload) }
    }

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
    pub fn each_footprint(&self, each: &mut dyn FnMut(&Obj, usize)) {
        let mut known = Measures { kinds: [const { Cell::new(None) }; 256], classes: HashMap::new() };
        self.heap.each_object(&mut |obj| {
            let measure = match obj.extra() {
                // Singletons and weak references share a kind and not a class; they are few.
                None if matches!(obj.kind(), Kind::SINGLETON | Kind::WEAKREF) => self.measure(&self.class_of(obj)),
                None => {
                    let place = &known.kinds[obj.kind().0 as usize];
                    place.get().unwrap_or_else(|| {
                        let measure = self.measure(&self.class_of(obj));
                        place.set(Some(measure));
                        measure
                    })
                }
                Some(_) => {
                    let class = self.class_of(obj);
                    *known.classes.entry(class.id()).or_insert_with(|| self.measure(&class))
                }
            };
            each(obj, self.measured(obj, measure));
        });
    }

    /// The bytes of all objects that there are.
    pub fn held_bytes(&self) -> u64 {
        let mut held = 0;
        self.each_footprint(&mut |_, bytes| held += bytes as u64);
        held
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
