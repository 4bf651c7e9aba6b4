//! Deflate for strokes on a plain ground: literals, and runs of one byte, in a code made once from sample pictures.
//!
//! A general encoder looks for repeats that such a picture hardly has, and makes its code anew for every picture.
//! Section numbers are those of RFC 1951.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Literals, the end of the block, and 29 lengths (3.2.5).
const SYMBOLS: usize = 286;
const END: usize = 256;
/// The longest code that a block may use (3.2.7).
const LONGEST: u8 = 15;
/// The shortest and the longest run that one symbol can name.
const RUN: (usize, usize) = (3, 258);
/// Shortest run of each length symbol from 257 on, and its extra bits.
#[rustfmt::skip]
const LENGTHS: [(usize, u8); 29] = [
    (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1), (15, 1), (17, 1), (19, 2),
    (23, 2), (27, 2), (31, 2), (35, 3), (43, 3), (51, 3), (59, 3), (67, 4), (83, 4), (99, 4), (115, 4), (131, 5),
    (163, 5), (195, 5), (227, 5), (258, 0),
];

/// Bits in writing order, lowest first, and how many.
type Word = (u32, u8);

/// A code for one kind of picture.
pub(super) struct Code {
    header: Vec<Word>,
    literals: Vec<Word>,
    /// By length from three on, with extra bits and the distance of one.
    runs: Vec<Word>,
    end: Word,
}

impl Code {
    /// Makes the code that is shortest for `samples`; it can write anything else too.
    pub(super) fn trained(samples: &[Vec<u8>]) -> Self {
        let mut tally = vec![1_u64; SYMBOLS];
        for sample in samples {
            walk(sample, |token| match token {
                Token::Literal(byte) => tally[usize::from(byte)] += 8,
                Token::Run(length) => tally[symbol(length).0] += 8,
            });
            tally[END] += 8;
        }
        let sizes = sizes(tally);
        let words = words(&sizes);
        Self {
            header: header(&sizes),
            literals: words[..END].to_vec(),
            runs: (RUN.0..=RUN.1).map(|length| run(&words, length)).collect(),
            end: words[END],
        }
    }

    /// Writes `bytes` as one last block.
    pub(super) fn write(&self, out: &mut Vec<u8>, bytes: &[u8]) {
        let mut bits = Bits { out, hold: 0, count: 0 };
        self.header.iter().for_each(|word| bits.put(*word));
        walk(bytes, |token| {
            bits.put(match token {
                Token::Literal(byte) => self.literals[usize::from(byte)],
                Token::Run(length) => self.runs[length - RUN.0],
            });
        });
        bits.put(self.end);
        bits.finish();
    }
}

enum Token {
    Literal(u8),
    /// Repeats the byte before so many times.
    Run(usize),
}

/// Splits bytes into literals and runs.
fn walk(bytes: &[u8], mut each: impl FnMut(Token)) {
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        each(Token::Literal(*first));
        let mut run = tail.iter().take_while(|byte| *byte == first).count();
        rest = &tail[run..];
        while run >= RUN.0 {
            let length = run.min(RUN.1);
            each(Token::Run(length));
            run -= length;
        }
        (0..run).for_each(|_| each(Token::Literal(*first)));
    }
}

/// The symbol of a run, and its place in [`LENGTHS`].
fn symbol(length: usize) -> (usize, usize) {
    let place = LENGTHS.partition_point(|(shortest, _)| *shortest <= length).saturating_sub(1);
    (END + 1 + place, place)
}

/// Symbol, extra bits, then the one-bit distance code that stands for one.
fn run(words: &[Word], length: usize) -> Word {
    let (symbol, place) = symbol(length);
    let ((bits, count), (shortest, extra)) = (words[symbol], LENGTHS[place]);
    let more = u32::try_from(length - shortest).unwrap_or(0);
    (bits | more << count, count + extra + 1)
}

/// Lengths of Huffman's code, with flatter counts until none is too long.
fn sizes(mut tally: Vec<u64>) -> Vec<u8> {
    loop {
        let sizes = huffman(&tally);
        if sizes.iter().all(|size| *size <= LONGEST) {
            return sizes;
        }
        tally = tally.into_iter().map(|count| count.div_ceil(4)).collect();
    }
}

fn huffman(tally: &[u64]) -> Vec<u8> {
    // Nodes are numbered as they are made, so a parent always has a higher number than its children.
    let mut heap: BinaryHeap<_> = tally.iter().enumerate().map(|(node, count)| Reverse((*count, node))).collect();
    let mut parents = vec![0; tally.len()];
    while let (Some(Reverse((less, left))), Some(Reverse((more, right)))) = (heap.pop(), heap.pop()) {
        let node = parents.len();
        (parents[left], parents[right]) = (node, node);
        parents.push(node);
        heap.push(Reverse((less + more, node)));
        if heap.len() == 1 {
            break;
        }
    }
    let mut depths = vec![0_u8; parents.len()];
    for node in (0..parents.len() - 1).rev() {
        depths[node] = depths[parents[node]].saturating_add(1);
    }
    depths.truncate(tally.len());
    depths
}

/// The code words that belong to lengths (3.2.2), turned into writing order.
fn words(sizes: &[u8]) -> Vec<Word> {
    let mut words = vec![(0, 0); sizes.len()];
    let mut next = 0_u32;
    for size in 1..=LONGEST {
        next <<= 1;
        for (word, _) in words.iter_mut().zip(sizes).filter(|(_, known)| **known == size) {
            *word = (next.reverse_bits() >> (32 - u32::from(size)), size);
            next += 1;
        }
    }
    words
}

/// The head of a block with its own code (3.2.7): every length is told in four bits, which needs no code to be made for it.
fn header(sizes: &[u8]) -> Vec<Word> {
    // Last block, own code; 29 more literal and length codes than 257, one distance code, 19 code-length codes.
    let mut header = vec![(0b1, 1), (0b10, 2), (29, 5), (0, 5), (15, 4)];
    // In the order of the standard the three repeat codes come first; they are not used, the sixteen others are alike.
    header.extend([(0, 3); 3]);
    header.extend([(4, 3); 16]);
    let told = words(&[4; 16]);
    header.extend(sizes.iter().map(|size| told[usize::from(*size)]));
    header.push(told[1]);
    header
}

struct Bits<'out> {
    out: &'out mut Vec<u8>,
    hold: u64,
    count: u32,
}

impl Bits<'_> {
    fn put(&mut self, (bits, count): Word) {
        self.hold |= u64::from(bits) << self.count;
        self.count += u32::from(count);
        if self.count >= 32 {
            self.out.extend_from_slice(&self.hold.to_le_bytes()[..4]);
            self.hold >>= 32;
            self.count -= 32;
        }
    }

    fn finish(self) {
        let bytes = self.count.div_ceil(8) as usize;
        self.out.extend_from_slice(&self.hold.to_le_bytes()[..bytes]);
    }
}
