//! The kinds of nodes, read from `nodes.txt`.
//!
//! A line without an indent is a sum of the kinds below it, or, after `=`, a kind of its own; `places` says that its nodes know where
//! they stand (`places!`: their ends, too, in any case). A field is a type, `*` for a list, `?` for what may be missing, and a name.

use std::sync::OnceLock;

/// A field of a node.
pub(super) struct Field {
    pub(super) name: &'static str,
    /// `identifier`, `string`, `int`, `constant`, or a group of kinds.
    pub(super) type_: &'static str,
    pub(super) optional: bool,
    pub(super) list: bool,
}

/// A kind of node.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// The fields as they are written.
    pub(super) signature: &'static str,
    pub(super) fields: Vec<Field>,
}

/// A sum of kinds; of one without a base class of its own if it is a product.
pub(super) struct Group {
    pub(super) name: &'static str,
    pub(super) product: bool,
    pub(super) places: bool,
    /// Where a node ends must be said.
    pub(super) needs_end: bool,
    pub(super) kinds: Vec<Kind>,
}

impl Group {
    /// What the class says of itself: its kinds, as CPython writes them.
    pub(super) fn doc(&self) -> String {
        let kinds: Vec<String> = self.kinds.iter().map(Kind::doc).collect();
        let between = if self.is_enum() { " | ".to_owned() } else { format!("\n{}| ", " ".repeat(self.name.len() + 1)) };
        format!("{} = {}", self.name, kinds.join(&between))
    }

    /// Whether its nodes have no fields, so that one object does for all.
    pub(super) fn is_enum(&self) -> bool {
        !self.places && !self.product && self.kinds.iter().all(|kind| kind.fields.is_empty())
    }
}

impl Kind {
    pub(super) fn doc(&self) -> String {
        if self.fields.is_empty() { self.name.to_owned() } else { format!("{}({})", self.name, self.signature) }
    }
}

fn field(text: &'static str) -> Field {
    let (type_, name) = text.trim().split_once(' ').unwrap_or((text, ""));
    Field { name, type_: type_.trim_end_matches(['*', '?']), optional: type_.contains('?'), list: type_.ends_with('*') }
}

fn kind(name: &'static str, signature: &'static str) -> Kind {
    let fields = if signature.is_empty() { Vec::new() } else { signature.split(',').map(field).collect() };
    Kind { name, signature, fields }
}

/// All groups, in order.
pub(super) fn groups() -> &'static [Group] {
    static GROUPS: OnceLock<Vec<Group>> = OnceLock::new();
    GROUPS.get_or_init(|| {
        let mut groups: Vec<Group> = Vec::new();
        for line in include_str!("nodes.txt").lines() {
            if let (Some(line), Some(group)) = (line.strip_prefix(' '), groups.last_mut()) {
                let (name, signature) = line.split_once(' ').unwrap_or((line, ""));
                group.kinds.push(kind(name, signature));
                continue;
            }
            let (head, signature) = line.split_once(": ").unwrap_or((line, ""));
            let (name, places) = head.split_once(' ').unwrap_or((head, ""));
            let product = name.starts_with('=');
            let name = name.trim_start_matches('=');
            let kinds = if product { vec![kind(name, signature)] } else { Vec::new() };
            groups.push(Group { name, product, places: !places.is_empty(), needs_end: places.ends_with('!'), kinds });
        }
        groups
    })
}
