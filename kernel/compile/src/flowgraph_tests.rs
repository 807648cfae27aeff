//! The passes over the graph against CPython's own: `tests/goldens/flowgraph-*.txt`, recorded by `tests/record_flowgraph.py`.

use std::collections::HashMap;
use std::fmt::Write;

use crate::code::Const;
use crate::flowgraph::{Cfg, ConstTable};
use crate::ir::{Location, Sequence};
use crate::opcode::Op;
use crate::version::Version;

/// The stand-ins that the recorder uses.
fn constants(count: usize) -> ConstTable {
    let mut consts = ConstTable::new(Vec::new(), HashMap::new());
    for index in 0..count {
        consts.add(match index {
            0 => Const::None,
            1 => Const::True,
            2 => Const::Int(7),
            3 => Const::str("a"),
            4 => Const::Int(301),
            5 => Const::Float(1.5),
            6 => Const::Tuple([Const::Int(1), Const::Int(2)].into()),
            7 => Const::Bytes((*b"x").into()),
            _ if index % 2 == 1 => Const::str(&format!("s{index}")),
            _ => Const::Int(index as i64 * 3),
        });
    }
    consts
}

fn canonical(value: &Const) -> String {
    let list = |items: &[Const]| items.iter().map(canonical).collect::<Vec<_>>();
    match value {
        Const::None => "None".into(),
        Const::True => "True".into(),
        Const::False => "False".into(),
        Const::Int(value) => value.to_string(),
        Const::BigInt(value) => value.to_string(),
        Const::Float(value) => format!("{value:?}"),
        Const::Str(text) => format!("'{}'", text.as_str().unwrap_or_default()),
        Const::Bytes(bytes) => format!("b'{}'", String::from_utf8_lossy(bytes)),
        Const::Tuple(items) => format!("({})", list(items).join(",")),
        Const::FrozenSet(items) => {
            let mut items = list(items);
            items.sort();
            format!("{{{}}}", items.join(","))
        }
        other => format!("{other:?}"),
    }
}

fn read_sequence(lines: &[&str], ops: &HashMap<&str, Op>) -> Sequence {
    let mut sequence = Sequence::default();
    let labels: Vec<_> = lines.iter().map(|_| sequence.new_label()).collect();
    for (line, label) in lines.iter().zip(&labels) {
        sequence.place(*label);
        let fields: Vec<&str> = line.split(' ').collect();
        let number = |at: usize| fields[at].parse::<i32>().unwrap();
        let loc = Location { line: number(2), end_line: number(3), col: number(4), end_col: number(5) };
        let op = ops[fields[0]];
        let arg = number(1) as u32;
        if op.is_block_push() || (op.is_jump() && arg > 0) {
            sequence.jump(op, labels[arg as usize], loc);
        } else {
            sequence.emit(op, arg, loc);
        }
    }
    sequence
}

fn write_graph(cfg: &Cfg, consts: &ConstTable) -> Vec<String> {
    let mut starts = vec![0; cfg.blocks.len()];
    let mut size = 0;
    for block in cfg.order() {
        starts[block] = size;
        size += cfg.blocks[block].instrs.len();
    }
    let mut lines = Vec::new();
    for block in cfg.order() {
        for instr in &cfg.blocks[block].instrs {
            let arg = instr.target.map_or(instr.arg as usize, |target| starts[target]);
            let loc = instr.loc;
            lines.push(format!("{} {arg} {} {} {} {}", instr.op.name(), loc.line, loc.end_line, loc.col, loc.end_col));
        }
    }
    let consts: Vec<String> = consts.list.iter().map(canonical).collect();
    lines.push(format!("consts {}", consts.join(" ")));
    lines
}

/// Gives a report of every sequence that comes out differently.
fn check(golden: &str, version: Version) -> String {
    let ops: HashMap<&str, Op> = Op::ALL.iter().map(|op| (op.name(), *op)).collect();
    let mut report = String::new();
    let (mut count, mut bad) = (0, 0);
    for record in golden.split("\nend\n").filter(|record| !record.is_empty()) {
        let lines: Vec<&str> = record.lines().collect();
        let head: Vec<&str> = lines[0].split(' ').collect();
        let gives = lines.iter().position(|line| *line == "gives").unwrap();
        let sequence = read_sequence(&lines[1..gives], &ops);
        let mut consts = constants(head[3].parse().unwrap());
        let mut cfg = Cfg::from_sequence(&sequence, None, version);
        cfg.optimize_code_unit(&mut consts, head[2].parse().unwrap(), 0);
        if version >= Version::V3_14 {
            cfg.calculate_stackdepth();
            cfg.optimize_load_fast();
        }
        let ours = write_graph(&cfg, &consts);
        let theirs = &lines[gives + 1..];
        count += 1;
        if ours != theirs {
            bad += 1;
            let at = ours.iter().zip(theirs).position(|(a, b)| a != b).unwrap_or(0);
            let shown = std::env::var("FLOWGRAPH_SHOWN").map_or(6, |shown| shown.parse().unwrap());
            let from = at.saturating_sub(shown);
            writeln!(report, "--- {} from {from}", head[1]).unwrap();
            for line in from..at + shown {
                let (a, b) = (ours.get(line).map_or("", |a| a), theirs.get(line).unwrap_or(&""));
                writeln!(report, "{} {a:45} {b}", if a == *b { ' ' } else { '!' }).unwrap();
            }
        }
    }
    if bad > 0 {
        writeln!(report, "{bad} of {count} sequences differ (left: ours)").unwrap();
    }
    report
}

#[test]
fn graphs_come_out_as_in_3_14() {
    let golden = match std::env::var("FLOWGRAPH_3_14") {
        Ok(path) => std::fs::read_to_string(path).unwrap(),
        Err(_) => include_str!("../tests/goldens/flowgraph-3.14.txt").to_string(),
    };
    let report = check(&golden, Version::V3_14);
    assert!(report.is_empty(), "{report}");
}

#[test]
fn graphs_come_out_as_in_3_13() {
    let golden = match std::env::var("FLOWGRAPH_3_13") {
        Ok(path) => std::fs::read_to_string(path).unwrap(),
        Err(_) => include_str!("../tests/goldens/flowgraph-3.13.txt").to_string(),
    };
    let report = check(&golden, Version::V3_13);
    assert!(report.is_empty(), "{report}");
}
