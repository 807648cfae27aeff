//! Functions and lambdas: defaults, decorators, the body's own code, closures.
//!
//! A function's code is assembled before its parent goes on; what it needs from outside is read off that code.
//! Follows CPython's `codegen.c`.

use std::rc::Rc;

use crate::ast::*;
use crate::code::{Code, Const, PyStr};
use crate::codegen::*;
use crate::ir::Location;
use crate::lower::Result;
use crate::opcode::Op;

pub(crate) const INTRINSIC_STOPITERATION_ERROR: u32 = 3;
const INTRINSIC_SET_FUNCTION_TYPE_PARAMS: u32 = 4;

impl<'a> Compiler<'a> {
    pub(crate) fn decorators(&mut self, decorators: &'a [Expr]) -> Result<()> {
        decorators.iter().try_for_each(|decorator| self.expr(decorator))
    }

    pub(crate) fn apply_decorators(&mut self, decorators: &[Expr]) {
        for decorator in decorators.iter().rev() {
            self.op_i(Op::Call, 0, decorator.loc);
        }
    }

    pub(crate) fn function(&mut self, def: &'a FunctionDef, loc: Location) -> Result<()> {
        self.decorators(&def.decorators)?;
        let first_line = def.decorators.first().map_or(loc.line, |decorator| decorator.loc.line);
        let mut flags = self.default_arguments(&def.args, loc)?;
        let mut given = 0;
        if let Some(params) = &def.type_params {
            given = u32::from(flags & MAKE_FUNCTION_DEFAULTS != 0) + u32::from(flags & MAKE_FUNCTION_KWDEFAULTS != 0);
            if given == 2 {
                self.op_i(Op::Swap, 2, loc);
            }
            let name = Rc::from(format!("<generic parameters of {}>", def.name));
            self.enter_scope(&name, ScopeType::Annotations, params.id, first_line, None)?;
            self.scope_mut().unit.argcount = given;
            self.type_params(params)?;
            for i in 0..given {
                self.op_i(Op::LoadFast, i, loc);
            }
        }
        flags |= self.function_annotations(&def.args, def.returns.as_ref(), loc)?;
        self.function_body(def, flags, first_line, loc)?;
        if def.type_params.is_some() {
            self.op_i(Op::Swap, 2, loc);
            self.op_i(Op::CallIntrinsic2, INTRINSIC_SET_FUNCTION_TYPE_PARAMS, loc);
            let code = self.assemble(false);
            self.make_closure(&code, 0, loc);
            if given > 0 {
                self.op_i(Op::Swap, given + 1, loc);
                self.op_i(Op::Call, given - 1, loc);
            } else {
                self.op(Op::PushNull, loc);
                self.op_i(Op::Call, 0, loc);
            }
        }
        self.apply_decorators(&def.decorators);
        self.name_access(&def.name, Context::Store, loc)
    }

    /// Pushes the defaults and says which of them there are.
    fn default_arguments(&mut self, args: &'a Arguments, loc: Location) -> Result<u32> {
        let mut flags = 0;
        if !args.defaults.is_empty() {
            flags |= MAKE_FUNCTION_DEFAULTS;
            args.defaults.iter().try_for_each(|default| self.expr(default))?;
            self.op_i(Op::BuildTuple, args.defaults.len() as u32, loc);
        }
        let mut names = Vec::new();
        for (arg, default) in args.kwonlyargs.iter().zip(&args.kw_defaults) {
            let Some(default) = default else { continue };
            let name = Const::str(&self.mangled(&arg.name));
            if self.v14() {
                self.load_const(name.clone(), loc);
            }
            names.push(name);
            self.expr(default)?;
        }
        if !names.is_empty() {
            flags |= MAKE_FUNCTION_KWDEFAULTS;
            let n = names.len() as u32;
            if self.v14() {
                self.op_i(Op::BuildMap, n, loc);
            } else {
                self.load_const(Const::Tuple(names.into()), loc);
                self.op_i(Op::BuildConstKeyMap, n, loc);
            }
        }
        Ok(flags)
    }

    fn set_counts(&mut self, args: &Arguments) {
        let unit = &mut self.scope_mut().unit;
        unit.argcount = (args.args.len() + args.posonlyargs.len()) as u32;
        unit.posonlyargcount = args.posonlyargs.len() as u32;
        unit.kwonlyargcount = args.kwonlyargs.len() as u32;
    }

    fn function_body(&mut self, def: &'a FunctionDef, flags: u32, first_line: i32, loc: Location) -> Result<()> {
        let kind = if def.is_async { ScopeType::AsyncFunction } else { ScopeType::Function };
        self.enter_scope(&def.name, kind, def.id, first_line, None)?;
        self.set_counts(&def.args);
        let mut body = &def.body[..];
        if let Some((text, _)) = docstring(body) {
            body = &body[1..];
            let text = if self.optimize < 2 { clean_doc(text) } else { Const::None };
            self.scope_mut().unit.add_const(text);
        } else if !self.v14() {
            // The first constant would be taken for a docstring.
            self.scope_mut().unit.add_const(Const::None);
        }
        let wrap = self.block().coroutine || self.block().generator;
        if wrap {
            let start = self.label();
            self.place(start);
            self.push_block(FBlockKind::StopIteration, Some(start), None, Location::NONE)?;
        }
        self.stmts(body)?;
        if wrap {
            self.wrap_in_stopiteration_handler();
            self.pop_fblock();
        }
        let code = self.assemble(true);
        self.make_closure(&code, flags, loc);
        Ok(())
    }

    /// A StopIteration that leaves a generator becomes a RuntimeError.
    pub(crate) fn wrap_in_stopiteration_handler(&mut self) {
        let none = Location::NONE;
        let handler = self.label();
        let seq = self.seq();
        seq.insert(0, Op::SetupCleanup, 0, none);
        seq.instrs[0].target = Some(handler);
        self.load_const(Const::None, none);
        self.op(Op::ReturnValue, none);
        self.place(handler);
        self.op_i(Op::CallIntrinsic1, INTRINSIC_STOPITERATION_ERROR, none);
        self.op_i(Op::Reraise, 1, none);
    }

    pub(crate) fn lambda(&mut self, lambda: &'a Lambda, loc: Location) -> Result<()> {
        let flags = self.default_arguments(&lambda.args, loc)?;
        self.enter_scope(&Rc::from("<lambda>"), ScopeType::Lambda, lambda.id, loc.line, None)?;
        self.set_counts(&lambda.args);
        if !self.v14() {
            self.scope_mut().unit.add_const(Const::None);
        }
        self.expr(&lambda.body)?;
        let code = if self.block().generator {
            self.assemble(false)
        } else {
            self.op(Op::ReturnValue, lambda.body.loc);
            self.assemble(true)
        };
        self.make_closure(&code, flags, loc);
        Ok(())
    }

    pub(crate) fn make_closure(&mut self, code: &Rc<Code>, mut flags: u32, loc: Location) {
        let free: Vec<Name> = code.freevars().cloned().collect();
        if !free.is_empty() {
            for name in &free {
                let arg = self.closure_arg(name);
                self.op_i(Op::LoadClosure, arg, loc);
            }
            flags |= MAKE_FUNCTION_CLOSURE;
            self.op_i(Op::BuildTuple, free.len() as u32, loc);
        }
        self.load_const(Const::Code(code.clone()), loc);
        self.op(Op::MakeFunction, loc);
        let attributes =
            [MAKE_FUNCTION_CLOSURE, MAKE_FUNCTION_ANNOTATIONS, MAKE_FUNCTION_ANNOTATE, MAKE_FUNCTION_KWDEFAULTS, MAKE_FUNCTION_DEFAULTS];
        for attribute in attributes {
            if flags & attribute != 0 {
                self.op_i(Op::SetFunctionAttribute, attribute, loc);
            }
        }
    }
}

/// A docstring without the indentation its lines share: CPython's `_PyCompile_CleanDoc`.
pub(crate) fn clean_doc(text: &Const) -> Const {
    let Const::Str(text) = text else { return text.clone() };
    let text = expand_tabs(text.as_bytes());
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let indent = |line: &[u8]| line.iter().take_while(|byte| **byte == b' ').count();
    let margin = lines[1..].iter().filter(|line| indent(line) < line.len()).map(|line| indent(line)).min().unwrap_or(0);
    let mut clean = lines[0][indent(lines[0])..].to_vec();
    for line in &lines[1..] {
        clean.push(b'\n');
        clean.extend_from_slice(&line[margin.min(indent(line))..]);
    }
    Const::Str(PyStr::from_wtf8(&clean))
}

/// `str.expandtabs()`
fn expand_tabs(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut col = 0;
    for byte in text {
        match byte {
            b'\t' => {
                let width = 8 - col % 8;
                out.extend(std::iter::repeat_n(b' ', width));
                col += width;
            }
            b'\n' | b'\r' => {
                out.push(*byte);
                col = 0;
            }
            _ => {
                out.push(*byte);
                col += usize::from(byte & 0xc0 != 0x80);
            }
        }
    }
    out
}
