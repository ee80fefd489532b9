use crate::harness::Server;
use polder_store::testing::TestStore;
#[tokio::test]
async fn thousand() {
    for postgres in [false, true] {
        let test = if postgres { TestStore::postgres().await } else { TestStore::sqlite().await };
        let server = Server::new(test.store.clone()).await;
        let names: Vec<(String, String)> = (0..1000).map(|i| (format!("pipelines/p{i}.yaml"), format!("name: p{i}\ntriggers: [{{schedule: \"0 3 * * *\"}}]\nsteps: [{{name: a, run: \"true\"}}]\n"))).collect();
        let mut files: Vec<(&str, &str)> = names.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        files.push(("polder.yaml", "project: big\nteam: web\n"));
        let t = std::time::Instant::now();
        let body = server.upload(&files).await;
        println!("upload {:?}", t.elapsed());
        let t = std::time::Instant::now();
        server.post("/plans", body.clone()).await.is(200);
        println!("plan {:?}", t.elapsed());
        let t = std::time::Instant::now();
        server.post("/deployments", body.clone()).await.is(201);
        println!("deploy {:?}", t.elapsed());
        let t = std::time::Instant::now();
        server.post("/deployments", body).await.is(200);
        println!("again {:?}", t.elapsed());
        let t = std::time::Instant::now();
        server.get("/pipelines?limit=50").await.is(200);
        println!("list 50 {:?}", t.elapsed());
        let t = std::time::Instant::now();
        server.get("/pipelines?limit=500").await.is(200);
        println!("list 500 {:?}", t.elapsed());
    }
}
