//! What a person sees: the pixels of a virtual screen, read from its memory while programs paint on it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A screen of its own, whose memory is a file.
pub(super) struct Screen {
    server: Child,
    memory: PathBuf,
    /// What programs call it.
    pub(super) display: String,
}

/// What a screen showed at a moment: one number per pixel, row by row.
pub(super) struct Picture {
    pixels: Vec<u32>,
    width: usize,
}

/// Pixels of a finished picture that are neither background nor at the edge, where freshness and clocks change: the ink.
pub(super) struct Ink(Vec<(usize, u32)>);

impl Screen {
    /// Starts one of 1600 × 1000 pixels. `dir` holds its memory.
    pub(super) fn start(dir: &Path) -> Self {
        let (mut reader, writer) = std::io::pipe().expect("a pipe");
        let server = Command::new("sh")
            // The server writes the number of the display it found free to the given descriptor.
            .args(["-c", r#"exec Xvfb -displayfd 1 -screen 0 1600x1000x24 -nolisten tcp -fbdir "$0""#])
            .arg(dir)
            .stdout(Stdio::from(writer))
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let mut number = Vec::new();
        let mut byte = [0];
        while reader.read(&mut byte).is_ok_and(|read| read == 1) && byte != *b"\n" {
            number.extend(byte);
        }
        let number = String::from_utf8(number).expect("a number");
        Self { server, memory: dir.join("Xvfb_screen0"), display: format!(":{number}") }
    }

    /// What it shows now.
    pub(super) fn look(&self) -> Picture {
        let mut bytes = Vec::new();
        File::open(&self.memory).and_then(|mut file| file.read_to_end(&mut bytes)).expect("the screen's memory");
        // An X window dump: a header of big-endian words, a palette, then the rows.
        let word = |at: usize| {
            let bytes = bytes.get(at * 4..at * 4 + 4).and_then(|four| four.try_into().ok());
            u32::from_be_bytes(bytes.expect("a whole header")) as usize
        };
        let (header, width, height, line, palette) = (word(0), word(4), word(5), word(12), word(19));
        let rows = bytes.get(header + palette * 12..).expect("pixels");
        let row =
            |row: &[u8]| row.chunks_exact(4).take(width).map(|p| u32::from_le_bytes([p[0], p[1], p[2], 0])).collect();
        let pixels: Vec<Vec<u32>> = rows.chunks_exact(line).take(height).map(row).collect();
        Picture { pixels: pixels.concat(), width }
    }

    /// Waits until the ink is on the screen. How long that took from `since` on; `None` when it did not come.
    pub(super) fn wait_for(&self, ink: &Ink, since: Instant, most: Duration) -> Option<Duration> {
        loop {
            let shown = ink.share_on(&self.look());
            let passed = since.elapsed();
            if shown > 0.9 {
                return Some(passed);
            }
            if passed > most {
                return None;
            }
            std::thread::sleep(Duration::from_millis(4));
        }
    }

    /// Waits until nothing changes any more for a while.
    pub(super) fn settled(&self, quiet: Duration, most: Duration) -> Picture {
        let began = Instant::now();
        let mut last = self.look();
        let mut since = Instant::now();
        while since.elapsed() < quiet && began.elapsed() < most {
            std::thread::sleep(Duration::from_millis(100));
            let now = self.look();
            if now.ink().share_on(&last) < 0.995 || now.ink().0.is_empty() {
                since = Instant::now();
            }
            last = now;
        }
        last
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

impl Picture {
    /// The ink of its middle: of a list, the rows.
    pub(super) fn ink(&self) -> Ink {
        let height = self.pixels.len() / self.width.max(1);
        let inside = |at: &usize| {
            let (x, y) = (at % self.width, at / self.width);
            (self.width / 4..self.width * 3 / 4).contains(&x) && (height * 3 / 10..height * 8 / 10).contains(&y)
        };
        let middle: Vec<usize> = (0..self.pixels.len()).filter(inside).collect();
        let mut counts = std::collections::HashMap::new();
        for at in &middle {
            *counts.entry(self.pixels[*at]).or_insert(0_u32) += 1;
        }
        let background = counts.into_iter().max_by_key(|(_, count)| *count).map(|(pixel, _)| pixel);
        let ink = middle.into_iter().map(|at| (at, self.pixels[at])).filter(|(_, pixel)| Some(*pixel) != background);
        Ink(ink.collect())
    }

    /// Keeps it as a portable pixmap, to be looked at.
    pub(super) fn keep(&self, path: &Path) {
        let height = self.pixels.len() / self.width.max(1);
        let mut bytes = format!("P6 {} {height} 255\n", self.width).into_bytes();
        bytes.extend(self.pixels.iter().flat_map(|p| [(p >> 16) as u8, (p >> 8) as u8, *p as u8]));
        std::fs::write(path, bytes).expect("the picture can be written");
    }
}

impl Ink {
    fn share_on(&self, picture: &Picture) -> f64 {
        let same = self.0.iter().filter(|(at, pixel)| picture.pixels.get(*at) == Some(pixel)).count();
        same as f64 / self.0.len().max(1) as f64
    }

    /// How many pixels it has.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
