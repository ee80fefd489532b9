use chrono::TimeDelta;
use polder_store::idempotency::{self, Claim};
use polder_store::on_both_databases;
use polder_types::id::RunId;

use crate::given::at;

on_both_databases! {
    async fn a_key_stands_for_its_run_until_it_expires(store: Store) {
        let (run, other) = (RunId::new(at(0)), RunId::new(at(0)));
        let mut tx = store.begin().await.unwrap();
        assert_eq!(idempotency::claim(&mut tx, "p", "k", "h", at(0)).await.unwrap(), Claim::New);
        assert_eq!(idempotency::claim(&mut tx, "p", "k", "h", at(0)).await.unwrap(), Claim::InFlight);
        idempotency::complete(&mut tx, "p", "k", run).await.unwrap();
        assert_eq!(idempotency::claim(&mut tx, "p", "k", "h", at(1)).await.unwrap(), Claim::Replay(run));
        assert_eq!(idempotency::claim(&mut tx, "p", "k", "x", at(1)).await.unwrap(), Claim::OtherRequest);
        assert_eq!(idempotency::claim(&mut tx, "q", "k", "x", at(1)).await.unwrap(), Claim::New);
        idempotency::complete(&mut tx, "p", "k", other).await.unwrap();
        let eight_days = at(0) + TimeDelta::days(8);
        assert_eq!(idempotency::delete_expired(&mut tx, eight_days).await.unwrap(), 0);
        assert_eq!(idempotency::claim(&mut tx, "p", "k", "h", eight_days).await.unwrap(), Claim::Replay(other));
        let later = at(0) + idempotency::KEPT_FOR;
        assert_eq!(idempotency::claim(&mut tx, "p", "k", "x", later).await.unwrap(), Claim::New);
        assert_eq!(idempotency::delete_expired(&mut tx, later + TimeDelta::minutes(1)).await.unwrap(), 1);
    }

    async fn two_requests_with_one_key_make_one_run(store: Store) {
        let start = |run: RunId| {
            let store = store.clone();
            async move {
                let mut tx = store.begin().await.unwrap();
                match idempotency::claim(&mut tx, "p", "k", "h", at(0)).await.unwrap() {
                    Claim::New => {
                        tokio::task::yield_now().await;
                        idempotency::complete(&mut tx, "p", "k", run).await.unwrap();
                        tx.commit().await.unwrap();
                        run
                    }
                    Claim::Replay(run) => run,
                    claim => panic!("{claim:?}"),
                }
            }
        };
        let (one, two) = tokio::join!(start(RunId::new(at(0))), start(RunId::new(at(0))));
        assert_eq!(one, two);
    }
}
