//! A hundred random programs, and what CPython 3.14 did with them (`order/make.py`): counts, orders, callbacks, finalizers.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use heap::{Dict, ExtraLayout, Heap, HeapOwner, Hooks, Instance, Kind, Obj, WeakFlavour};

const VARIABLES: usize = 14;

#[derive(Default)]
struct Machine {
    v: RefCell<[Option<Obj>; VARIABLES]>,
    names: RefCell<HashMap<u64, String>>,
    /// The instances that come back to life, by id.
    back: RefCell<Vec<u64>>,
    said: RefCell<Vec<String>>,
}

impl Machine {
    fn name(&self, obj: &Obj) -> String {
        self.names.borrow()[&obj.id()].clone()
    }
}

impl Hooks for Machine {
    fn has_finalizer(&self, obj: &Obj) -> bool {
        obj.kind() == Kind::INSTANCE
    }

    fn finalize(&self, obj: &Obj) {
        let name = self.name(obj);
        if self.back.borrow().contains(&obj.id()) {
            self.said.borrow_mut().push(format!("> back {name}"));
            let i: usize = name.split('.').next().unwrap().parse().unwrap();
            let before = self.v.borrow_mut()[i].replace(obj.clone());
            drop(before);
        } else {
            self.said.borrow_mut().push(format!("> del {name}"));
        }
    }

    fn weakref_callback(&self, weakref: &Obj, _: &Obj) {
        let name = self.name(weakref);
        self.said.borrow_mut().push(format!("> callback {name}"));
    }
}

struct World {
    machine: Rc<Machine>,
    classes: [Obj; 3],
    callback: Obj,
    heap: HeapOwner,
}

impl World {
    fn new() -> World {
        let heap = Heap::new();
        let machine = Rc::<Machine>::default();
        heap.connect(machine.clone());
        heap.disable_gc();
        let world = World { machine, classes: [heap.list([]), heap.list([]), heap.list([])], callback: heap.str("callback"), heap };
        world.heap.collect(2);
        world.heap.freeze();
        world
    }

    fn v(&self, i: usize) -> Obj {
        self.machine.v.borrow()[i].clone().unwrap_or_else(|| panic!("a scene uses full variables only, not {i}"))
    }

    fn instance(&self, name: &str, class: usize) -> Obj {
        let obj = self
            .heap
            .alloc_with_class(Instance, self.classes[class].clone(), ExtraLayout { values: Some(3), ..Default::default() })
            .tracked();
        obj.set_attribute(0, &self.heap.str(name));
        if class > 0 {
            obj.mark_finalizer();
        }
        if class == 2 {
            self.machine.back.borrow_mut().push(obj.id());
        } else {
            self.machine.back.borrow_mut().retain(|&id| id != obj.id());
        }
        obj
    }

    fn hold(&self, a: &Obj, b: &Obj) {
        match a.kind() {
            Kind::LIST => a.append(b),
            Kind::DICT => {
                let dict = a.get::<Dict>().unwrap();
                let n = dict.len() as i64 % 3;
                let before = dict.set::<()>(&self.heap.int(n), n, b.clone(), |key| Ok(key.as_int() == Some(n)));
                drop(before);
            }
            Kind::INSTANCE => {
                let before = a.attribute(1);
                a.set_attribute(1, b);
                if let Some(before) = before {
                    a.set_attribute(2, &before);
                } else {
                    drop(a.extra().unwrap().set_value(2, None));
                }
            }
            _ => {}
        }
    }

    /// One line of a scene, and its answer.
    fn line(&self, line: &str, serial: usize) -> Option<String> {
        let mut words = line.split(' ');
        let op = words.next().unwrap();
        let args: Vec<usize> = words.map(|word| word.parse().unwrap()).collect();
        let i = args[0];
        let name = format!("{i}.{serial}");
        let made = match op {
            "L" => self.heap.list([]),
            "D" => self.heap.alloc(Dict::new()).tracked(),
            "T" => self.heap.tuple([self.v(args[1]), self.v(args[2])]),
            "I" => self.instance(&name, 0),
            "F" => self.instance(&name, 1),
            "R" => self.instance(&name, 2),
            "W" => self.heap.weak(&self.v(args[1])),
            "B" => self.heap.weakref(&self.v(args[1]), WeakFlavour::Ref, Some(self.callback.clone())),
            "A" => {
                self.hold(&self.v(i), &self.v(args[1]));
                return None;
            }
            "X" => {
                let before = self.machine.v.borrow_mut()[i].take();
                drop(before);
                return None;
            }
            "C" => return Some(self.heap.collect(i).collected.to_string()),
            "K" => return Some(if self.v(i).is_tracked() { "True" } else { "False" }.into()),
            "N" => return Some((self.v(i).refcount() - 1).to_string()),
            "G" => return Some(self.heap.tracked_objects(Some(i)).iter().map(|obj| self.machine.name(obj)).collect::<Vec<_>>().join(" ")),
            _ => panic!("an unknown line: {line}"),
        };
        let mut names = self.machine.names.borrow_mut();
        if op != "W" || made.refcount() == 1 {
            names.insert(made.id(), name);
        }
        self.machine.v.borrow_mut()[i] = Some(made);
        None
    }
}

fn check(scene: &str, number: &str) {
    let world = World::new();
    let mut serial = 0;
    let mut lines = scene.lines().peekable();
    while let Some(line) = lines.next() {
        let (command, expected) = line.split_once(" =").map_or((line, None), |(command, answer)| (command, Some(answer.trim())));
        let answer = world.line(command, serial);
        serial += 1;
        assert_eq!(answer.as_deref(), expected, "scene {number}, line {serial}: {command}");
        for said in world.machine.said.take() {
            assert_eq!(Some(said.as_str()), lines.next(), "scene {number}, line {serial}: {command}");
        }
        assert!(lines.peek().is_none_or(|next| !next.starts_with('>')), "scene {number}, line {serial}: {command} is silent");
    }
    let World { machine, classes, callback, heap } = world;
    drop((classes, callback));
    // Whoever comes back does so once.
    for _ in 0..VARIABLES {
        drop(machine.v.take());
        heap.collect(2);
    }
    assert_eq!(heap.len(), 0, "scene {number} leaves objects");
    heap.disconnect();
}

#[test]
fn scenes_play_as_in_cpython() {
    let text = include_str!("order/scenes.txt");
    for scene in text.split("scene ").skip(1) {
        let (number, scene) = scene.split_once('\n').unwrap();
        check(scene, number);
    }
}
