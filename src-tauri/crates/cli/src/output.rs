//! The one place that writes to the terminal.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::io::{BufRead, BufWriter, IsTerminal, Write};

use rackdesk_commands::AppError;
use serde::Serialize;

/// One JSON document on one line.
pub(crate) fn json(value: &impl Serialize) {
    let text = serde_json::to_string(value).unwrap_or_else(|e| format!("{{\"error\":\"{e}\"}}"));
    line(&text);
}

/// One line on standard output. A closed pipe ends the program quietly, as other tools do.
pub(crate) fn line(text: &str) {
    if writeln!(std::io::stdout(), "{text}").is_err() {
        std::process::exit(0);
    }
}

/// Standard output for bytes that are made elsewhere. A closed pipe ends the program quietly, as above.
pub(crate) fn raw() -> Box<dyn Write + Send> {
    Box::new(BufWriter::new(Pipe))
}

struct Pipe;

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        std::io::stdout().write(bytes).inspect_err(quiet)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stdout().flush().inspect_err(quiet)
    }
}

fn quiet(error: &std::io::Error) {
    if error.kind() == std::io::ErrorKind::BrokenPipe {
        std::process::exit(0);
    }
}

/// One line for the person, not for the pipe.
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}

/// Sentence and hint.
pub(crate) fn error(error: &AppError) {
    eprintln!("{}", clean(&error.message));
    if let Some(hint) = &error.hint {
        eprintln!("  {}", clean(hint));
    }
    if let Some(id) = &error.request_id {
        eprintln!("  request {id}");
    }
}

/// Foreign text must not steer the terminal.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}

/// A table with aligned columns.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) {
    let rows: Vec<Vec<String>> = rows.iter().map(|r| r.iter().map(|c| clean(c).replace('\n', " ")).collect()).collect();
    let width = |i: usize| {
        rows.iter()
            .map(|r| r.get(i).map_or(0, |c| c.chars().count()))
            .chain([head[i].chars().count()])
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let print = |cells: &mut dyn Iterator<Item = &str>| {
        let mut text = String::new();
        for (i, cell) in cells.enumerate() {
            if i > 0 {
                text.push_str("  ");
            }
            text.push_str(cell);
            let pad = widths.get(i).copied().unwrap_or(0).saturating_sub(cell.chars().count());
            text.extend(std::iter::repeat_n(' ', pad));
        }
        line(text.trim_end());
    };
    print(&mut head.iter().copied());
    for row in &rows {
        print(&mut row.iter().map(String::as_str));
    }
}

/// Asks a person; without a terminal the answer is no.
pub(crate) fn confirm(question: &str) -> bool {
    if !std::io::stdin().is_terminal() {
        return false;
    }
    eprint!("{question} [y/N] ");
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}
