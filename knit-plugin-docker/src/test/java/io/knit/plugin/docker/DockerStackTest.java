package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PullPolicy;
import io.knit.core.ComposeFile;
import io.knit.core.spec.SpecTable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A Compose file of the kind that people run, with a real database, on three nodes of a real engine. */
class DockerStackTest extends MeshedNodesTest {
    private static final Caller ANN = new Caller("ann", Caller.Role.ADMIN, "here");
    /** The guestbook counts who asks, in the database, which is on another node. */
    private static final String FILE = """
            name: guests
            x-client: &client
              image: ${IMAGE}
              environment: &database
                PGHOST: db
                PGPORT: "${DB_PORT}"
                PGUSER: app
                PGDATABASE: postgres
            services:
              db:
                image: ${IMAGE}
                command:
                  - sh
                  - -c
                  - |
                    chown postgres /data && chmod 700 /data
                    test -s /data/PG_VERSION || su postgres -c 'initdb -D /data -A trust -U app'
                    grep -q 0.0.0.0/0 /data/pg_hba.conf || echo 'host all all 0.0.0.0/0 trust' >>/data/pg_hba.conf
                    exec su postgres -c "exec postgres -D /data -k /tmp -c listen_addresses='*' -p ${DB_PORT}"
                volumes: ["data:/data"]
                shm_size: 64m
                stop_signal: SIGINT
                expose: ["${DB_PORT}"]
                environment: {MARK: "${MARK}"}
                healthcheck:
                  test: ["CMD", "pg_isready", "-h", "127.0.0.1", "-p", "${DB_PORT}"]
                  interval: 1s
                deploy: {placement: {constraints: ["node.labels.name == n0"]}}
              schema:
                <<: *client
                command: ["psql", "-v", "ON_ERROR_STOP=1", "-c", "create table if not exists guests (at timestamptz)"]
                depends_on: {db: {condition: service_healthy}}
                restart: on-failure
                deploy: {placement: {constraints: ["node.labels.name == n1"]}}
              web:
                <<: *client
                command:
                  - sh
                  - -c
                  - |
                    mkdir -p /tmp/www/cgi-bin
                    printf '%s\\n' '#!/bin/sh' 'echo' 'psql -tAc "insert into guests values (now()); select count(*) from guests" 2>&1 | tail -1' >/tmp/www/cgi-bin/count
                    chmod 755 /tmp/www/cgi-bin/count
                    exec httpd -f -p 8080 -h /tmp/www
                ports: ["8080"]
                depends_on:
                  schema: {condition: service_completed_successfully}
                deploy: {placement: {constraints: ["node.labels.name != n0"]}}
            volumes:
              data: {}
            """;

    private final HttpClient http = HttpClient.newHttpClient();
    private int database;
    private String image = "";

    DockerStackTest() {
        super(3);
    }

    private void deploy(String mark) {
        ComposeFile file =
                ComposeFile.of(FILE).env(Map.of("IMAGE", image, "DB_PORT", String.valueOf(database), "MARK", mark));
        for (DeploymentSpec spec : file.specs()) {
            await(server.deploy(SpecTable.SPEC.with(spec, Map.of("pull", PullPolicy.NEVER))));
        }
    }

    private static void until(java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(200))
                .until(condition);
    }

    private boolean works(String deployment, int revision) {
        return server.snapshot().deployment(deployment).orElseThrow().instances().stream()
                .anyMatch(it -> it.revision() == revision && it.isHealthy());
    }

    /** How many guests there were, with this one. */
    private int count() throws IOException, InterruptedException {
        PortBinding at = server.snapshot().deployment("guests-web").orElseThrow().instances().stream()
                .filter(Instance::isHealthy)
                .findFirst()
                .orElseThrow()
                .ports()
                .get(0);
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create("http://" + at.hostIp() + ":" + at.hostPort() + "/cgi-bin/count"))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.body().strip()).as("of the database").matches("[0-9]+");
        return Integer.parseInt(answer.body().strip());
    }

    private int counted() {
        int[] found = {0};
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> found[0] = count());
        return found[0];
    }

    @Test
    @DisplayName(
            "it comes up, its parts find each other across nodes, its data outlive an update and a node's death, and it goes without a trace")
    void guestbook() throws Exception {
        Assumptions.assumeTrue(
                System.getenv("CI") != null || PostgresImage.canBeMade(),
                "there is no PostgreSQL (Debian, Ubuntu: apt-get install postgresql)");
        database = freePort();
        try (PostgresImage made =
                new PostgresImage("knit-stack-" + UUID.randomUUID().toString().substring(0, 8) + ":1")) {
            image = made.name;
            comesAndGoes();
        }
    }

    private void comesAndGoes() {
        deploy("one");
        until(() -> works("guests-web", 1));
        assertThat(counted()).isEqualTo(1);
        assertThat(server.snapshot().deployment("guests-schema").orElseThrow().instances())
                .allMatch(it -> it.state() == InstanceState.COMPLETED || it.exitCode() != null);

        deploy("two");
        until(() -> works("guests-db", 2));
        assertThat(counted()).as("after an update of the database").isGreaterThanOrEqualTo(2);

        String on = Objects.requireNonNull(server.snapshot()
                .deployment("guests-web")
                .orElseThrow()
                .instances()
                .get(0)
                .node());
        int dead = List.of("n0", "n1", "n2").indexOf(on);
        await(agents.get(dead).close());
        until(() -> server.snapshot().deployment("guests-web").orElseThrow().instances().stream()
                .anyMatch(it -> it.isHealthy() && !on.equals(it.node())));
        assertThat(counted()).as("from another node").isGreaterThanOrEqualTo(3);

        agents.set(dead, agent(dead));
        await(agents.get(dead).start());
        String cluster = server.snapshot().cluster();
        for (DeploymentView each : server.snapshot().deployments()) {
            await(server.run(new Command.Undeploy(each.deployment().name(), null, true), ANN));
        }
        until(() -> server.snapshot().deployments().isEmpty());
        until(() -> await(runtime.volumes(cluster)).isEmpty());
        assertThat(await(runtime.snapshot(cluster)).containers()).isEmpty();
    }
}
