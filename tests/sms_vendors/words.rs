//! case 85: what each vendor says in its own words, and what follows from it.

use crate::chain::{LONG, Seen, send};
use crate::gateway::{Gateway, http};
use crate::rows::ROWS;

#[tokio::test]
async fn each_word_of_a_vendor_has_its_class_and_reaches_the_operator() {
    for row in ROWS {
        for said in row.said {
            let gateway = Gateway::answering(http(said.status, "", said.body)).await;
            let (seen, told) = send(row, &gateway.origin(), LONG, "").await;
            assert_eq!(seen, Seen::expected(said.class), "{} {}: {told}", row.kind, said.body);
            assert_eq!(gateway.requests(), 2, "{} {}", row.kind, said.body);
            for word in said.shows {
                assert!(told.contains(word), "{}: no {word} in {told}", row.kind);
            }
        }
    }
}
