//! Loading and frame.

use crate::harness::{ANNA, Site};

#[tokio::test]
async fn a_person_gets_back_in_with_a_browser() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_done(ANNA).await;
    assert_eq!(anna.complaints().await, Vec::<String>::new());
    assert_eq!(anna.axe().await, Vec::<String>::new());
}
