//! Leaving blocks: what `return`, `break` and `continue` undo on their way out, `try` in all its forms, `with`.
//!
//! The handlers of a block are written behind it, and `SETUP_*` and `POP_BLOCK` bracket what they protect; the
//! exception table is made of these brackets. Follows CPython's `codegen.c`.

use crate::ast::*;
use crate::code::Const;
use crate::codegen::{Compiler, FBlock, FBlockKind};
use crate::ir::{Label, Location};
use crate::lower::Result;
use crate::opcode::Op;

const RESUME_AFTER_YIELD_FROM: u32 = 2;
const RESUME_AFTER_AWAIT: u32 = 3;
const INTRINSIC_PREP_RERAISE_STAR: u32 = 1;
const SPECIAL_ENTER: u32 = 0;
const SPECIAL_EXIT: u32 = 1;
const SPECIAL_AENTER: u32 = 2;
const SPECIAL_AEXIT: u32 = 3;

impl<'a> Compiler<'a> {
    /// Undoes every block, or every block up to the innermost loop, which is returned.
    pub(crate) fn unwind_stack(&mut self, loc: &mut Location, preserve_tos: bool, to_loop: bool) -> Result<Option<FBlock<'a>>> {
        let Some(top) = self.scope().fblocks.last().cloned() else { return Ok(None) };
        if top.kind == FBlockKind::ExceptionGroupHandler {
            return self.error(*loc, "'break', 'continue' and 'return' cannot appear in an except* block");
        }
        if to_loop && matches!(top.kind, FBlockKind::WhileLoop | FBlockKind::ForLoop | FBlockKind::AsyncForLoop) {
            return Ok(Some(top));
        }
        self.pop_fblock();
        self.unwind(loc, &top, preserve_tos)?;
        let found = self.unwind_stack(loc, preserve_tos, to_loop)?;
        self.push_fblock(top)?;
        Ok(found)
    }

    /// Undoes one block, CPython's `codegen_unwind_fblock`.
    pub(crate) fn unwind(&mut self, loc: &mut Location, fblock: &FBlock<'a>, preserve_tos: bool) -> Result<()> {
        match fblock.kind {
            FBlockKind::WhileLoop
            | FBlockKind::ExceptionHandler
            | FBlockKind::ExceptionGroupHandler
            | FBlockKind::AsyncComprehension
            | FBlockKind::StopIteration => {}
            FBlockKind::ForLoop | FBlockKind::AsyncForLoop => {
                if preserve_tos {
                    self.op_i(Op::Swap, 2, *loc);
                }
                self.op(Op::PopTop, *loc);
            }
            FBlockKind::TryExcept => self.op(Op::PopBlock, *loc),
            FBlockKind::FinallyTry => {
                self.op(Op::PopBlock, *loc);
                if preserve_tos {
                    self.push_block(FBlockKind::PopValue, None, None, *loc)?;
                }
                self.stmts(fblock.finalbody)?;
                if preserve_tos {
                    self.pop_fblock();
                }
                // The finally block seems to run after the statement that leaves.
                *loc = Location::NONE;
            }
            FBlockKind::FinallyEnd => {
                if preserve_tos {
                    self.op_i(Op::Swap, 2, *loc);
                }
                self.op(Op::PopTop, *loc);
                if preserve_tos {
                    self.op_i(Op::Swap, 2, *loc);
                }
                self.op(Op::PopBlock, *loc);
                self.op(Op::PopExcept, *loc);
            }
            FBlockKind::With | FBlockKind::AsyncWith => {
                *loc = fblock.loc;
                self.op(Op::PopBlock, *loc);
                if preserve_tos {
                    if self.v14() {
                        self.op_i(Op::Swap, 3, *loc);
                    }
                    self.op_i(Op::Swap, 2, *loc);
                }
                self.call_exit_with_nones(*loc);
                if fblock.kind == FBlockKind::AsyncWith {
                    self.await_value(2, *loc);
                }
                self.op(Op::PopTop, *loc);
                *loc = Location::NONE;
            }
            FBlockKind::HandlerCleanup => {
                if fblock.name.is_some() {
                    self.op(Op::PopBlock, *loc);
                }
                if preserve_tos {
                    self.op_i(Op::Swap, 2, *loc);
                }
                self.op(Op::PopBlock, *loc);
                self.op(Op::PopExcept, *loc);
                self.forget(fblock.name.as_ref(), *loc)?;
            }
            FBlockKind::PopValue => {
                if preserve_tos {
                    self.op_i(Op::Swap, 2, *loc);
                }
                self.op(Op::PopTop, *loc);
            }
        }
        Ok(())
    }

    /// `name = None; del name`
    fn forget(&mut self, name: Option<&Name>, loc: Location) -> Result<()> {
        let Some(name) = name else { return Ok(()) };
        self.load_const(Const::None, loc);
        self.name_access(name, Context::Store, loc)?;
        self.name_access(name, Context::Del, loc)
    }

    fn call_exit_with_nones(&mut self, loc: Location) {
        for _ in 0..3 {
            self.load_const(Const::None, loc);
        }
        self.op_i(Op::Call, if self.v14() { 3 } else { 2 }, loc);
    }

    pub(crate) fn await_value(&mut self, arg: u32, loc: Location) {
        self.op_i(Op::GetAwaitable, arg, loc);
        self.load_const(Const::None, loc);
        self.add_yield_from(loc, true);
    }

    pub(crate) fn add_yield_from(&mut self, loc: Location, is_await: bool) {
        let send = self.label();
        let fail = self.label();
        let exit = self.label();
        self.place(send);
        self.jump(Op::Send, exit, loc);
        // Only close() and throw() raise here: a StopIteration ends the wait.
        self.jump(Op::SetupFinally, fail, loc);
        self.op_i(Op::YieldValue, 1, loc);
        self.op(Op::PopBlock, Location::NONE);
        self.op_i(Op::Resume, if is_await { RESUME_AFTER_AWAIT } else { RESUME_AFTER_YIELD_FROM }, loc);
        self.jump(Op::JumpNoInterrupt, send, loc);
        self.place(fail);
        self.op(Op::CleanupThrow, loc);
        self.place(exit);
        self.op(Op::EndSend, loc);
    }

    fn pop_except_and_reraise(&mut self, loc: Location) {
        self.op_i(Op::Copy, 3, loc);
        self.op(Op::PopExcept, loc);
        self.op_i(Op::Reraise, 1, loc);
    }

    pub(crate) fn try_(&mut self, node: &'a Try, loc: Location) -> Result<()> {
        if node.finalbody.is_empty() { self.try_except(node, loc) } else { self.try_finally(node, loc) }
    }

    fn try_except(&mut self, node: &'a Try, loc: Location) -> Result<()> {
        if node.is_star { self.try_star(node, loc) } else { self.try_plain(node, loc) }
    }

    fn try_finally(&mut self, node: &'a Try, loc: Location) -> Result<()> {
        let body = self.label();
        let end = self.label();
        let exit = self.label();
        let cleanup = self.label();
        self.jump(Op::SetupFinally, end, loc);
        self.place(body);
        self.push_fblock(FBlock {
            kind: FBlockKind::FinallyTry,
            block: Some(body),
            exit: Some(end),
            loc,
            finalbody: &node.finalbody,
            name: None,
        })?;
        if node.handlers.is_empty() {
            self.stmts(&node.body)?;
        } else {
            self.try_except(node, loc)?;
        }
        self.op(Op::PopBlock, Location::NONE);
        self.pop_fblock();
        self.stmts(&node.finalbody)?;
        self.jump(Op::JumpNoInterrupt, exit, Location::NONE);

        self.place(end);
        let none = Location::NONE;
        self.jump(Op::SetupCleanup, cleanup, none);
        self.op(Op::PushExcInfo, none);
        self.push_block(FBlockKind::FinallyEnd, Some(end), None, none)?;
        self.stmts(&node.finalbody)?;
        self.pop_fblock();
        self.op_i(Op::Reraise, 0, none);
        self.place(cleanup);
        self.pop_except_and_reraise(none);
        self.place(exit);
        Ok(())
    }

    fn try_plain(&mut self, node: &'a Try, loc: Location) -> Result<()> {
        let none = Location::NONE;
        let body = self.label();
        let mut except = self.label();
        let end = self.label();
        let cleanup = self.label();
        self.jump(Op::SetupFinally, except, loc);
        self.place(body);
        self.push_block(FBlockKind::TryExcept, Some(body), None, loc)?;
        self.stmts(&node.body)?;
        self.pop_fblock();
        self.op(Op::PopBlock, none);
        self.stmts(&node.orelse)?;
        self.jump(Op::JumpNoInterrupt, end, none);
        self.place(except);
        self.jump(Op::SetupCleanup, cleanup, none);
        self.op(Op::PushExcInfo, none);
        self.push_block(FBlockKind::ExceptionHandler, None, None, loc)?;
        for (i, handler) in node.handlers.iter().enumerate() {
            let loc = handler.loc;
            if handler.kind.is_none() && i + 1 < node.handlers.len() {
                return self.error(loc, "default 'except:' must be last");
            }
            except = self.label();
            if let Some(kind) = &handler.kind {
                self.expr(kind)?;
                self.op(Op::CheckExcMatch, loc);
                self.jump(Op::PopJumpIfFalse, except, loc);
            }
            self.handler(handler, end)?;
            self.place(except);
        }
        self.pop_fblock();
        self.op_i(Op::Reraise, 0, none);
        self.place(cleanup);
        self.pop_except_and_reraise(none);
        self.place(end);
        Ok(())
    }

    /// The body of one `except`, with the exception on the stack.
    fn handler(&mut self, handler: &'a Handler, end: Label) -> Result<()> {
        let loc = handler.loc;
        let none = Location::NONE;
        let body = self.label();
        let cleanup_end = self.label();
        match &handler.name {
            Some(name) => {
                self.name_access(name, Context::Store, loc)?;
                self.jump(Op::SetupCleanup, cleanup_end, loc);
            }
            None => self.op(Op::PopTop, loc),
        }
        self.place(body);
        self.push_fblock(FBlock {
            kind: FBlockKind::HandlerCleanup,
            block: Some(body),
            exit: None,
            loc,
            finalbody: &[],
            name: handler.name.clone(),
        })?;
        self.stmts(&handler.body)?;
        self.pop_fblock();
        self.op(Op::PopBlock, none);
        if handler.name.is_some() {
            self.op(Op::PopBlock, none);
        }
        self.op(Op::PopExcept, none);
        self.forget(handler.name.as_ref(), none)?;
        self.jump(Op::JumpNoInterrupt, end, none);
        self.place(cleanup_end);
        if handler.name.is_some() {
            self.forget(handler.name.as_ref(), none)?;
            self.op_i(Op::Reraise, 1, none);
        }
        Ok(())
    }

    fn try_star(&mut self, node: &'a Try, loc: Location) -> Result<()> {
        let none = Location::NONE;
        let over = Op::JumpNoInterrupt;
        let body = self.label();
        let mut except = self.label();
        let orelse = self.label();
        let end = self.label();
        let cleanup = self.label();
        let reraise_star = self.label();
        self.jump(Op::SetupFinally, except, loc);
        self.place(body);
        self.push_block(FBlockKind::TryExcept, Some(body), None, loc)?;
        self.stmts(&node.body)?;
        self.pop_fblock();
        self.op(Op::PopBlock, none);
        self.jump(over, orelse, none);
        self.place(except);
        self.jump(Op::SetupCleanup, cleanup, none);
        self.op(Op::PushExcInfo, none);
        self.push_block(FBlockKind::ExceptionGroupHandler, None, None, loc)?;
        for (i, handler) in node.handlers.iter().enumerate() {
            let loc = handler.loc;
            except = self.label();
            let except_with_error = self.label();
            let no_match = self.label();
            if i == 0 {
                // What the handlers raise is collected beneath a copy of the group.
                self.op_i(Op::BuildList, 0, loc);
                self.op_i(Op::Copy, 2, loc);
            }
            if let Some(kind) = &handler.kind {
                self.expr(kind)?;
                self.op(Op::CheckEgMatch, loc);
                self.op_i(Op::Copy, 1, loc);
                self.jump(Op::PopJumpIfNone, no_match, loc);
            }
            let cleanup_end = self.label();
            let cleanup_body = self.label();
            match &handler.name {
                Some(name) => self.name_access(name, Context::Store, loc)?,
                None => self.op(Op::PopTop, loc),
            }
            self.jump(Op::SetupCleanup, cleanup_end, loc);
            self.place(cleanup_body);
            self.push_fblock(FBlock {
                kind: FBlockKind::HandlerCleanup,
                block: Some(cleanup_body),
                exit: None,
                loc,
                finalbody: &[],
                name: handler.name.clone(),
            })?;
            self.stmts(&handler.body)?;
            self.pop_fblock();
            self.op(Op::PopBlock, none);
            self.forget(handler.name.as_ref(), none)?;
            self.jump(over, except, none);
            self.place(cleanup_end);
            self.forget(handler.name.as_ref(), none)?;
            self.op_i(Op::ListAppend, 3, none);
            self.op(Op::PopTop, none);
            self.jump(over, except_with_error, none);
            self.place(except);
            self.op(Op::Nop, none);
            self.jump(over, except_with_error, none);
            self.place(no_match);
            self.op(Op::PopTop, loc);
            self.place(except_with_error);
            if i + 1 == node.handlers.len() {
                self.op_i(Op::ListAppend, 1, none);
                self.jump(over, reraise_star, none);
            }
        }
        self.pop_fblock();
        let reraise = self.label();
        self.place(reraise_star);
        self.op_i(Op::CallIntrinsic2, INTRINSIC_PREP_RERAISE_STAR, none);
        self.op_i(Op::Copy, 1, none);
        self.jump(Op::PopJumpIfNotNone, reraise, none);
        self.op(Op::PopTop, none);
        self.op(Op::PopBlock, none);
        self.op(Op::PopExcept, none);
        self.jump(over, end, none);
        self.place(reraise);
        self.op(Op::PopBlock, none);
        self.op_i(Op::Swap, 2, none);
        self.op(Op::PopExcept, none);
        self.op_i(Op::Reraise, 0, none);
        self.place(cleanup);
        self.pop_except_and_reraise(none);
        self.place(orelse);
        self.stmts(&node.orelse)?;
        self.place(end);
        Ok(())
    }

    /// The item at `pos` and all that is inside it.
    pub(crate) fn with(&mut self, node: &'a With, pos: usize) -> Result<()> {
        let item = &node.items[pos];
        let block = self.label();
        let finally = self.label();
        let exit = self.label();
        let cleanup = self.label();
        self.expr(&item.context)?;
        let loc = item.context.loc;
        self.call_enter(node.is_async, loc);
        if node.is_async {
            self.await_value(1, loc);
        }
        self.jump(Op::SetupWith, finally, loc);
        self.place(block);
        let kind = if node.is_async { FBlockKind::AsyncWith } else { FBlockKind::With };
        self.push_block(kind, Some(block), Some(finally), loc)?;
        match &item.vars {
            Some(vars) => self.expr(vars)?,
            None => self.op(Op::PopTop, loc),
        }
        if pos + 1 == node.items.len() {
            self.stmts(&node.body)?;
        } else {
            self.with(node, pos + 1)?;
        }
        self.op(Op::PopBlock, if node.is_async { loc } else { Location::NONE });
        self.pop_fblock();

        self.call_exit_with_nones(loc);
        if node.is_async {
            self.await_value(2, loc);
        }
        self.op(Op::PopTop, loc);
        self.jump(Op::Jump, exit, loc);

        self.place(finally);
        self.jump(Op::SetupCleanup, cleanup, loc);
        self.op(Op::PushExcInfo, loc);
        self.op(Op::WithExceptStart, loc);
        if node.is_async {
            self.await_value(2, loc);
        }
        self.with_except_finish(cleanup);
        self.place(exit);
        Ok(())
    }

    fn call_enter(&mut self, is_async: bool, loc: Location) {
        if !self.v14() {
            self.op(if is_async { Op::BeforeAsyncWith } else { Op::BeforeWith }, loc);
            return;
        }
        let (enter, exit) = if is_async { (SPECIAL_AENTER, SPECIAL_AEXIT) } else { (SPECIAL_ENTER, SPECIAL_EXIT) };
        self.op_i(Op::Copy, 1, loc);
        self.op_i(Op::LoadSpecial, exit, loc);
        self.op_i(Op::Swap, 2, loc);
        self.op_i(Op::Swap, 3, loc);
        self.op_i(Op::LoadSpecial, enter, loc);
        self.op_i(Op::Call, 0, loc);
    }

    fn with_except_finish(&mut self, cleanup: Label) {
        let none = Location::NONE;
        let suppress = self.label();
        let exit = self.label();
        self.op(Op::ToBool, none);
        self.jump(Op::PopJumpIfTrue, suppress, none);
        self.op_i(Op::Reraise, 2, none);
        self.place(suppress);
        self.op(Op::PopTop, none);
        self.op(Op::PopBlock, none);
        self.op(Op::PopExcept, none);
        for _ in 0..if self.v14() { 3 } else { 2 } {
            self.op(Op::PopTop, none);
        }
        self.jump(Op::JumpNoInterrupt, exit, none);
        self.place(cleanup);
        self.pop_except_and_reraise(none);
        self.place(exit);
    }
}
