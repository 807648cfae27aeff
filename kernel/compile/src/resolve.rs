//! Second pass over the blocks: every name becomes local, global, free or cell.
//!
//! Parents hand down what is bound, children hand up what they need; comprehensions that are inlined give their
//! names to the block around them. Follows the second half of CPython's `symtable.c`.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use crate::ast::Name;
use crate::error::SyntaxError;
use crate::lower::{Result, deeper};
use crate::scope::Table;
use crate::symbol::*;
use crate::version::Version;

type Names = BTreeSet<Name>;

pub(crate) fn analyze(table: &mut Table, version: Version) -> Result<()> {
    let mut resolver = Resolver { blocks: &mut table.blocks, inlines: version >= Version::V3_12 };
    resolver.block(0, None, &mut Names::new(), &mut Names::new(), &mut Names::new(), None)
}

struct Resolver<'a> {
    blocks: &'a mut Vec<Block>,
    /// Comprehensions are inlined (PEP 709); before 3.12 each was a function.
    inlines: bool,
}

impl Resolver<'_> {
    fn error(&self, at: usize, name: &Name, msg: String) -> Box<SyntaxError> {
        let block = &self.blocks[at];
        let place = block.directives.iter().find(|(directive, _)| directive == name);
        SyntaxError::at(place.map_or(block.loc, |(_, loc)| *loc), msg)
    }

    /// `bound` is `None` in a module. `free` takes what this block and those inside it need from outside.
    fn block(
        &mut self,
        at: usize,
        mut bound: Option<&mut Names>,
        free: &mut Names,
        global: &mut Names,
        type_params: &mut Names,
        class: Option<usize>,
    ) -> Result<()> {
        let mut local = Names::new();
        let mut scopes: HashMap<Name, Scope> = HashMap::new();
        let mut newglobal = Names::new();
        let mut newbound = Names::new();
        let mut newfree = Names::new();
        let mut inlined_cells = Names::new();
        let kind = self.blocks[at].kind;
        let function_like = self.blocks[at].is_function_like();

        // Names of a class are not seen by its methods: what is handed down is copied before they are added.
        if kind == BlockKind::Class {
            newglobal.extend(global.iter().cloned());
            newbound.extend(bound.iter().flat_map(|bound| bound.iter().cloned()));
        }
        let symbols: Vec<(Name, Symbol)> = self.blocks[at].symbols.iter().map(|(name, symbol)| (name.clone(), symbol)).collect();
        for (name, symbol) in symbols {
            let scope = self.name(at, &name, symbol, bound.as_deref_mut(), &mut local, free, global, type_params, class)?;
            scopes.insert(name, scope);
        }
        if kind == BlockKind::Class {
            for name in ["__class__", "__classdict__", "__conditional_annotations__"] {
                newbound.insert(Rc::from(name));
            }
        } else {
            if function_like {
                newbound.extend(local.iter().cloned());
            }
            newbound.extend(bound.iter().flat_map(|bound| bound.iter().cloned()));
            newglobal.extend(global.iter().cloned());
        }

        for child in self.blocks[at].children.clone() {
            let mut child_class = None;
            if self.blocks[child].can_see_class_scope {
                child_class = if kind == BlockKind::Class { Some(at) } else { class };
            }
            let entry = &self.blocks[child];
            let inline =
                self.inlines && entry.comprehension != Comprehension::None && !entry.generator && !self.blocks[at].can_see_class_scope;
            let mut child_free = newfree.clone();
            deeper(|| {
                let mut child_bound = newbound.clone();
                let mut child_global = newglobal.clone();
                let mut child_params = type_params.clone();
                let bound = Some(&mut child_bound);
                self.block(child, bound, &mut child_free, &mut child_global, &mut child_params, child_class)
            })?;
            if inline {
                self.inline_comprehension(at, child, &mut scopes, &mut child_free, &mut inlined_cells);
                self.blocks[child].comp_inlined = true;
            }
            newfree.extend(child_free);
        }
        self.splice_inlined(at);

        if function_like {
            for (name, scope) in &mut scopes {
                if *scope == Scope::Local && (newfree.contains(name) || inlined_cells.contains(name)) {
                    *scope = Scope::Cell;
                    newfree.remove(name);
                }
            }
        } else if kind == BlockKind::Class {
            let block = &mut self.blocks[at];
            block.needs_class_closure |= newfree.remove("__class__");
            block.needs_classdict |= newfree.remove("__classdict__");
            block.has_conditional_annotations |= newfree.remove("__conditional_annotations__");
        }
        self.update_symbols(at, &scopes, bound.as_deref(), &newfree, &inlined_cells);
        free.extend(newfree);
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "the sets are those of CPython's analyze_name")]
    fn name(
        &self,
        at: usize,
        name: &Name,
        symbol: Symbol,
        bound: Option<&mut Names>,
        local: &mut Names,
        free: &mut Names,
        global: &mut Names,
        type_params: &mut Names,
        class: Option<usize>,
    ) -> Result<Scope> {
        if symbol.has(DEF_GLOBAL) {
            if symbol.has(DEF_NONLOCAL) {
                return Err(self.error(at, name, format!("name '{name}' is nonlocal and global")));
            }
            global.insert(name.clone());
            if let Some(bound) = bound {
                bound.remove(name);
            }
            return Ok(Scope::GlobalExplicit);
        }
        if symbol.has(DEF_NONLOCAL) {
            let Some(bound) = bound else {
                return Err(self.error(at, name, "nonlocal declaration not allowed at module level".to_owned()));
            };
            if !bound.contains(name) {
                return Err(self.error(at, name, format!("no binding for nonlocal '{name}' found")));
            }
            if type_params.contains(name) {
                let msg = format!("nonlocal binding not allowed for type parameter '{name}'");
                return Err(self.error(at, name, msg));
            }
            free.insert(name.clone());
            return Ok(Scope::Free);
        }
        if symbol.has(DEF_BOUND) {
            local.insert(name.clone());
            global.remove(name);
            if symbol.has(DEF_TYPE_PARAM) {
                type_params.insert(name.clone());
            } else {
                type_params.remove(name);
            }
            return Ok(Scope::Local);
        }
        // A name of the class around an annotation is looked up there and among the globals, not in functions further out.
        if let Some(class) = class {
            let outer = self.blocks[class].symbols.get(name);
            if outer.has(DEF_GLOBAL) {
                return Ok(Scope::GlobalExplicit);
            }
            if outer.has(DEF_BOUND) && !outer.has(DEF_NONLOCAL) {
                return Ok(Scope::GlobalImplicit);
            }
        }
        if bound.is_some_and(|bound| bound.contains(name)) {
            free.insert(name.clone());
            return Ok(Scope::Free);
        }
        Ok(Scope::GlobalImplicit)
    }

    fn inline_comprehension(
        &mut self,
        at: usize,
        comp: usize,
        scopes: &mut HashMap<Name, Scope>,
        comp_free: &mut Names,
        inlined_cells: &mut Names,
    ) {
        let in_class = self.blocks[at].kind == BlockKind::Class;
        let symbols: Vec<(Name, Symbol)> = self.blocks[comp].symbols.iter().map(|(name, symbol)| (name.clone(), symbol)).collect();
        for (name, symbol) in symbols {
            if symbol.has(DEF_PARAM) {
                continue;
            }
            let mut scope = symbol.scope();
            if scope == Scope::Cell || symbol.has(DEF_COMP_CELL) {
                inlined_cells.insert(name.clone());
            }
            let existing = self.blocks[at].symbols.find(&name);
            let free_below = self.blocks[comp].children.iter().any(|child| self.blocks[*child].symbols.get(&name).scope() == Scope::Free);
            // The cells a class makes itself are never free through it.
            let own = matches!(&*name, "__class__" | "__classdict__" | "__conditional_annotations__");
            if scope == Scope::Free && in_class && own {
                scope = Scope::GlobalImplicit;
                if !free_below {
                    comp_free.remove(&name);
                }
                self.blocks[comp].symbols.remove(&name);
            }
            match existing {
                None => {
                    self.blocks[at].symbols.set(&name, Symbol(symbol.flags()));
                    scopes.insert(name, scope);
                }
                Some(outer) if outer.has(DEF_BOUND) && !in_class && !free_below => {
                    comp_free.remove(&name);
                }
                Some(_) => {}
            }
        }
    }

    /// Blocks inside an inlined comprehension become children of the block it is inlined into.
    fn splice_inlined(&mut self, at: usize) {
        let mut children = Vec::new();
        for child in &self.blocks[at].children {
            if self.blocks[*child].comp_inlined {
                children.extend(self.blocks[*child].children.iter().copied());
            } else {
                children.push(*child);
            }
        }
        self.blocks[at].children = children;
    }

    fn update_symbols(&mut self, at: usize, scopes: &HashMap<Name, Scope>, bound: Option<&Names>, free: &Names, inlined_cells: &Names) {
        let block = &mut self.blocks[at];
        let class_like = block.kind == BlockKind::Class || block.can_see_class_scope;
        for (name, symbol) in block.symbols.iter_mut() {
            if inlined_cells.contains(name) {
                symbol.0 |= DEF_COMP_CELL;
            }
            *symbol = symbol.with_scope(scopes.get(name).copied().unwrap_or(Scope::Unknown));
        }
        for name in free {
            if let Some(symbol) = block.symbols.find(name) {
                // A name of the class that a method uses from further out is both.
                if class_like {
                    block.symbols.set(name, Symbol(symbol.0 | DEF_FREE_CLASS));
                }
                continue;
            }
            if bound.is_some_and(|bound| !bound.contains(name)) {
                continue;
            }
            block.symbols.set(name, Symbol(0).with_scope(Scope::Free));
        }
    }
}
