//! Classes, type parameters and type aliases.
//!
//! A class body is a function of no arguments that `__build_class__` runs; a generic class is wrapped in one more
//! that makes its type parameters. Follows CPython's `codegen.c`.

use std::rc::Rc;

use crate::ast::*;
use crate::code::Const;
use crate::codegen::*;
use crate::ir::Location;
use crate::lower::Result;
use crate::opcode::Op;
use crate::version::Version;

const INTRINSIC_TYPEVAR: u32 = 7;
const INTRINSIC_PARAMSPEC: u32 = 8;
const INTRINSIC_TYPEVARTUPLE: u32 = 9;
const INTRINSIC_SUBSCRIPT_GENERIC: u32 = 10;
const INTRINSIC_TYPEALIAS: u32 = 11;
const INTRINSIC_TYPEVAR_WITH_BOUND: u32 = 2;
const INTRINSIC_TYPEVAR_WITH_CONSTRAINTS: u32 = 3;
const INTRINSIC_SET_TYPEPARAM_DEFAULT: u32 = 5;

impl<'a> Compiler<'a> {
    pub(crate) fn class(&mut self, def: &'a ClassDef, loc: Location) -> Result<()> {
        self.decorators(&def.decorators)?;
        let first_line = def.decorators.first().map_or(loc.line, |decorator| decorator.loc.line);
        if let Some(params) = &def.type_params {
            let name = Rc::from(format!("<generic parameters of {}>", def.name));
            self.enter_scope(&name, ScopeType::Annotations, params.id, first_line, Some(def.name.clone()))?;
            self.type_params(params)?;
            self.name_op(".type_params", Context::Store, loc)?;
        }
        self.class_body(def, first_line, loc)?;
        if def.type_params.is_some() {
            self.name_op(".type_params", Context::Load, loc)?;
            self.op_i(Op::CallIntrinsic1, INTRINSIC_SUBSCRIPT_GENERIC, loc);
            self.name_op(".generic_base", Context::Store, loc)?;
            self.call_helper(2, &def.bases, Some(".generic_base"), &def.keywords, loc)?;
            let code = self.assemble(false);
            self.make_closure(&code, 0, loc);
            self.op(Op::PushNull, loc);
            self.op_i(Op::Call, 0, loc);
        } else {
            self.call_helper(2, &def.bases, None, &def.keywords, loc)?;
        }
        self.apply_decorators(&def.decorators);
        self.name_access(&def.name, Context::Store, loc)
    }

    fn class_body(&mut self, def: &'a ClassDef, first_line: i32, stmt: Location) -> Result<()> {
        let none = Location::NONE;
        self.enter_scope(&def.name, ScopeType::Class, def.id, first_line, Some(def.name.clone()))?;
        let loc = Location { line: first_line, end_line: first_line, col: 0, end_col: 0 };
        self.name_op("__name__", Context::Load, loc)?;
        self.name_op("__module__", Context::Store, loc)?;
        let qualname = Const::str(&self.scope().unit.qualname);
        self.load_const(qualname, loc);
        self.name_op("__qualname__", Context::Store, loc)?;
        if self.version >= Version::V3_13 {
            self.load_const(Const::Int(i64::from(first_line)), loc);
            self.name_op("__firstlineno__", Context::Store, loc)?;
        }
        if def.type_params.is_some() {
            self.name_op(".type_params", Context::Load, loc)?;
            self.name_op("__type_params__", Context::Store, loc)?;
        }
        if self.block().needs_classdict {
            self.op(Op::LoadLocals, loc);
            let cell = self.cellvar("__classdict__");
            self.op_i(Op::StoreDeref, cell, loc);
        }
        if self.block().has_conditional_annotations {
            self.op_i(Op::BuildSet, 0, loc);
            let cell = self.cellvar("__conditional_annotations__");
            self.op_i(Op::StoreDeref, cell, loc);
        }
        self.suite(loc, &def.body, false)?;
        if self.version >= Version::V3_13 {
            let attributes = self.scope().static_attributes.iter().map(|name| Const::str(name)).collect();
            self.load_const(Const::Tuple(attributes), none);
            self.name_op("__static_attributes__", Context::Store, none)?;
        }
        if self.block().needs_classdict {
            let cell = self.cellvar("__classdict__");
            self.op_i(Op::LoadClosure, cell, none);
            self.name_op("__classdictcell__", Context::Store, none)?;
        }
        if self.block().needs_class_closure {
            let cell = self.cellvar("__class__");
            self.op_i(Op::LoadClosure, cell, none);
            self.op_i(Op::Copy, 1, none);
            self.name_op("__classcell__", Context::Store, none)?;
        } else {
            self.load_const(Const::None, none);
        }
        self.op(Op::ReturnValue, none);
        let code = self.assemble(true);
        // From here on it is the `class` line, not that of a decorator.
        self.op(Op::LoadBuildClass, stmt);
        self.op(Op::PushNull, stmt);
        self.make_closure(&code, 0, stmt);
        self.load_const(Const::str(&def.name), stmt);
        Ok(())
    }

    /// Makes the type parameters, binds them, and leaves a tuple of them.
    pub(crate) fn type_params(&mut self, params: &'a TypeParams) -> Result<()> {
        let mut seen_default = false;
        for param in &params.params {
            let loc = param.loc;
            self.load_const(Const::str(&param.name), loc);
            let mut default_key = param.id;
            match param.kind {
                TypeParamKind::TypeVar => {
                    default_key += 1;
                    if let Some(bound) = &param.bound {
                        self.evaluator(bound, &param.name, param.id, false)?;
                        let intrinsic = match bound.kind {
                            ExprKind::Tuple { .. } => INTRINSIC_TYPEVAR_WITH_CONSTRAINTS,
                            _ => INTRINSIC_TYPEVAR_WITH_BOUND,
                        };
                        self.op_i(Op::CallIntrinsic2, intrinsic, loc);
                    } else {
                        self.op_i(Op::CallIntrinsic1, INTRINSIC_TYPEVAR, loc);
                    }
                }
                TypeParamKind::TypeVarTuple => self.op_i(Op::CallIntrinsic1, INTRINSIC_TYPEVARTUPLE, loc),
                TypeParamKind::ParamSpec => self.op_i(Op::CallIntrinsic1, INTRINSIC_PARAMSPEC, loc),
            }
            if let Some(default) = &param.default {
                seen_default = true;
                self.evaluator(default, &param.name, default_key, param.kind == TypeParamKind::TypeVarTuple)?;
                self.op_i(Op::CallIntrinsic2, INTRINSIC_SET_TYPEPARAM_DEFAULT, loc);
            } else if seen_default {
                let msg = format!("non-default type parameter '{}' follows default type parameter", param.name);
                return self.error(loc, msg);
            }
            self.op_i(Op::Copy, 1, loc);
            self.name_access(&param.name, Context::Store, loc)?;
        }
        let loc = params.params.first().map_or(Location::NONE, |param| param.loc);
        self.op_i(Op::BuildTuple, params.params.len() as u32, loc);
        Ok(())
    }

    /// A function that evaluates a bound or default when it is asked for.
    fn evaluator(&mut self, expr: &'a Expr, name: &Name, key: u32, starred: bool) -> Result<()> {
        let loc = expr.loc;
        let flags = self.enter_evaluator(name, key, loc)?;
        match &expr.kind {
            ExprKind::Starred { value, .. } if starred => {
                self.expr(value)?;
                self.op_i(Op::UnpackSequence, 1, loc);
            }
            _ => self.expr(expr)?,
        }
        self.op(Op::ReturnValue, loc);
        let code = self.assemble(true);
        self.make_closure(&code, flags, loc);
        Ok(())
    }

    /// 3.14's evaluators take a format, 1 if none is given.
    fn enter_evaluator(&mut self, name: &Name, key: u32, loc: Location) -> Result<u32> {
        if self.v14() {
            self.load_const(Const::Tuple([Const::Int(1)].into()), loc);
            self.setup_annotations_scope(name, key, loc)?;
            return Ok(MAKE_FUNCTION_DEFAULTS);
        }
        self.enter_scope(name, ScopeType::Annotations, key, loc.line, None)?;
        Ok(0)
    }

    pub(crate) fn type_alias(&mut self, alias: &'a TypeAlias, loc: Location) -> Result<()> {
        let ExprKind::Name { id: name, .. } = &alias.name.kind else { return self.error(loc, "invalid syntax") };
        if let Some(params) = &alias.type_params {
            let generic = Rc::from(format!("<generic parameters of {name}>"));
            self.enter_scope(&generic, ScopeType::Annotations, params.id, loc.line, None)?;
            self.load_const(Const::str(name), loc);
            self.type_params(params)?;
        } else {
            self.load_const(Const::str(name), loc);
            self.load_const(Const::None, loc);
        }
        let flags = self.enter_evaluator(name, alias.id, loc)?;
        if !self.v14() {
            // 3.13 evaluates an alias in a function, which counts in qualified names.
            self.scope_mut().kind = ScopeType::Function;
            self.scope_mut().unit.add_const(Const::None);
        }
        self.expr(&alias.value)?;
        self.op(Op::ReturnValue, loc);
        let code = self.assemble(false);
        self.make_closure(&code, flags, loc);
        self.op_i(Op::BuildTuple, 3, loc);
        self.op_i(Op::CallIntrinsic1, INTRINSIC_TYPEALIAS, loc);
        if alias.type_params.is_some() {
            let code = self.assemble(false);
            self.make_closure(&code, 0, loc);
            self.op(Op::PushNull, loc);
            self.op_i(Op::Call, 0, loc);
        }
        self.name_access(name, Context::Store, loc)
    }
}
