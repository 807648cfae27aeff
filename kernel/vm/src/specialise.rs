//! How plain instructions become special ones: what was seen decides (`Python/specialize.c`).

#![expect(unsafe_code, reason = "instructions are rewritten in place")]

use heap::{Obj, StackRef};

use crate::Vm;
use crate::frame::Frame;
use crate::objects::code::Instr;

impl Vm {
    pub(crate) fn specialise_binary(&self, _at: *mut Instr, _left: &Obj, _right: &Obj) {}
    pub(crate) fn specialise_to_bool(&self, _at: *mut Instr, _value: &Obj) {}
    pub(crate) fn specialise_compare(&self, _at: *mut Instr, _left: &Obj, _right: &Obj) {}
    pub(crate) fn specialise_contains(&self, _at: *mut Instr, _container: &Obj) {}
    pub(crate) fn specialise_store_subscript(&self, _at: *mut Instr, _container: &Obj, _key: &Obj) {}
    pub(crate) fn specialise_global(&self, _frame: &Frame, _at: *mut Instr) {}
    pub(crate) fn specialise_load_attr(&self, _frame: &Frame, _at: *mut Instr, _owner: &Obj) {}
    pub(crate) fn specialise_store_attr(&self, _frame: &Frame, _at: *mut Instr, _owner: &Obj) {}
    pub(crate) unsafe fn specialise_call(&self, _at: *mut Instr, _callable: *mut StackRef, _n: usize) {}
    pub(crate) fn specialise_unpack(&self, _at: *mut Instr, _seq: &Obj) {}
    pub(crate) fn specialise_for_iter(&self, _at: *mut Instr, _iterator: &Obj) {}
}
