package io.knit.testkit.api;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;

/** A live server for programs that try its HTTP API, with something of everything: says its address, and lives until its input ends. */
final class ContractServer {
    /** Method, path and body. What asks by the names that are here finds them in {@code scripts/contract.d}, too. */
    private static final String THERE_IS = """
            POST /deployments?wait=1m {"name":"kept","image":"web:1","replicas":2,"volumes":[{"name":"data","destination":"/data"}],"update":{"min_healthy":"0s"}}
            POST /deployments?wait=1m {"name":"gone","image":"web:1","replicas":2,"volumes":[{"name":"data","destination":"/data"}],"update":{"min_healthy":"0s"}}
            DELETE /deployments/gone?wait=1m
            POST /deployments {"name":"nowhere","image":"web:1","node_selector":{"region":"mars"}}
            POST /deployments {"name":"once","image":"web:1","mode":"job","job":{"completions":1}}
            POST /deployments {"name":"daily","image":"web:1","mode":"cron","cron":{"schedule":"0 3 * * *"}}
            PUT /vars/DB_HOST {"value":"db.example"}
            PUT /files/app.conf {"base64":"/w=="}
            PUT /secrets/db {"value":"s3cret"}
            PUT /registries/registry.example:5000 {"username":"ci","password":"t0ken"}
            POST /webhooks {"name":"chat","url":"http://127.0.0.1:1/x"}
            POST /tokens {"name":"ci","role":"viewer"}
            """;

    private ContractServer() {}

    /** @param args a folder of its own, and {@code host:port} to listen at unless any will do */
    public static void main(String[] args) throws IOException, InterruptedException {
        try (ContractFleet fleet = new ContractFleet(Path.of(args[0]), args.length > 1 ? args[1] : "127.0.0.1:0")) {
            for (String each : THERE_IS.split("\n")) {
                ask(fleet.url() + "/v1", each.split(" ", 3));
            }
            System.out.println(fleet.url());
            while (System.in.read() >= 0) {
                // until whoever started it is gone
            }
        }
        System.exit(0);
    }

    private static void ask(String url, String[] asked) throws IOException, InterruptedException {
        BodyPublisher body = asked.length < 3 ? BodyPublishers.noBody() : BodyPublishers.ofString(asked[2]);
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url + asked[1]))
                                .header("Content-Type", "application/json")
                                .method(asked[0], body)
                                .build(),
                        BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IllegalStateException(String.join(" ", asked) + " was answered " + answer.body());
        }
    }
}
