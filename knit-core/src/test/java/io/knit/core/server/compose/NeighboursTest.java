package io.knit.core.server.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.core.server.compose.text.ComposeFinding;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who of a file looks for whom, and what becomes of that where they are on several nodes. */
class NeighboursTest {
    private static final String TOP = "name: shop\nservices:\n";

    private static ComposeStack read(String text) {
        ComposeStack stack = Compose.read(ComposeSource.of("c.yaml", TOP + text)
                .along(Map.of("./web.conf", "upstream { server db:3000; }")::get));
        assertThat(stack.findings()).noneMatch(ComposeFinding::refuses);
        return stack;
    }

    /** What is said of a service by others' naming it. */
    private static List<String> named(String text) {
        return read(text).findings().stream()
                .map(ComposeFinding::toString)
                .filter(line -> line.contains(" is named by ") && !line.contains("container_name"))
                .map(line -> line.replaceFirst("^c.yaml:[0-9]+:[0-9]+: ", ""))
                .toList();
    }

    private static JsonNode spec(String service, String text) {
        return read(text).services().stream()
                .filter(each -> each.service().equals(service))
                .findFirst()
                .orElseThrow()
                .spec();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            environment: {URL: 'postgres://me:secret@db:5432/shop'}     | at 5432
            environment: {URL: 'postgres://me:secret@db/shop'}          | and
            environment: {URL: 'http://db'}                             | and
            environment: {URL: 'http://DB:80/'}                         | at 80
            environment: {HOSTS: 'a:1,db:5432'}                         | at 5432
            environment: {DB_HOST: db}                                  | and
            environment: {DB_HOST: db, DB_PORT: 5432}                   | at 5432
            environment: {db__host: db, db__port: 5432}                 | at 5432
            environment: {dbHost: db, dbPort: 5432}                     | at 5432
            environment: {DB_HOST: 'db:5432'}                           | at 5432
            environment: {DB_SERVERS: 'db:5432;db:5433'}                | at 5432, 5433
            environment: {SMTP_ADDRESS: mail-relay}                     | and
            environment: {URL: 'http://store:8000'}                     | at 8000
            command: wait-for db:5432 -- run                            | at 5432
            entrypoint: [run, --db=db:5432]                             | at 5432
            labels: {proxy.to: 'db:5432'}                               | at 5432
            healthcheck: {test: 'nc -z db 5432 && curl //db:80'}        | at 80
            links: [db]                                                 | and
            depends_on: [db]                                            | and
            volumes: ['./web.conf:/etc/web.conf:ro']                    | at 3000
            """)
    @DisplayName("a service is named where another's values have its name as a host, also under its other names")
    void naming(String line, String said) {
        assertThat(named("  web:\n    image: web\n    " + line
                        + "\n  db: {image: db, container_name: mail-relay, networks: {default: {aliases: [store]}}}\n"))
                .singleElement()
                .asString()
                .startsWith("db is named by web " + said)
                .contains(said.equals("and") ? "from its own node alone" : "there from its own node alone");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "environment: {POSTGRES_DB: db}",
                "environment: {IMAGE: 'registry/db:16'}",
                "environment: {VERSION: 'db:16-alpine', OTHER: 'db:5432x'}",
                "environment: {URL: 'http://other-db:5432'}",
                "environment: {URL: 'http://db.example.com:5432'}",
                "environment: {URL: 'http://db@other/'}",
                "environment: {URL: 'http://db:12345@other/'}",
                "environment: {PATHS: '/db:5432'}",
                "environment: {ALL: 'http://web:80'}",
                "extra_hosts: ['db:10.0.0.1']",
                "depends_on: {db: {condition: service_completed_successfully}}",
                "networks: [other], depends_on: [db]"
            })
    @DisplayName("an image, a user, a path, another host or a network that both don't share names nobody")
    void notNaming(String line) {
        String db = line.contains("completed") ? "restart: 'no'" : "networks: [default]";
        assertThat(named("  web: {image: web, " + line + "}\n  db: {image: db, " + db
                        + "}\nnetworks: {other: {}, default: {}}\n"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            '22181:2181'           | 2181 is published as 22181
            '127.0.0.1:2181:2181'  | 2181 is published on 127.0.0.1 alone
            '2181'                 | 2181 is published on a port that its node chooses
            '8080:8080'            | that is none of its ports and expose
            """)
    @DisplayName(
            "what is published elsewhere than it is looked for does not reach other nodes, and is said with what to write")
    void published(String port, String how) {
        String kafka = "  zookeeper: {image: zk, ports: ['" + port + "']}\n"
                + "  kafka: {image: kafka, depends_on: [zookeeper], environment: {KAFKA_ZOOKEEPER_CONNECT: 'zookeeper:2181'}}\n";
        assertThat(named(kafka))
                .containsExactly(
                        "zookeeper is named by kafka at 2181, and " + how
                                + ": it is reached there from its own node alone, where both are if there is room; write expose: [2181]");
        assertThat(spec("zookeeper", kafka).has("expose")).isFalse();
        assertThat(named(kafka.replace("ports: [", "expose: [2181], ports: ["))).isEmpty();
    }

    @Test
    @DisplayName("where the file does not say the port, one that other nodes reach is enough")
    void anyPort() {
        String file = "  es: {image: es, ports: ['127.0.0.1:9200:9200']}\n  web: {image: web, depends_on: [es]}\n";
        assertThat(named(file))
                .containsExactly(
                        "es is named by web, and 9200 is published on 127.0.0.1 alone: it is reached by name"
                                + " from its own node alone, where both are if there is room; write expose: [PORT] with what it listens on");
        assertThat(named(file.replace("'127", "'9300:9300', '127"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            deploy: {mode: global}                                         | runs on each node
            ports: ['80:80'], deploy: {replicas: 2}                        | runs on several nodes
            expose: [80], scale: 2                                         | runs on several nodes
            deploy: {replicas: 4, placement: {max_replicas_per_node: 2}}   | runs on several nodes
            deploy: {placement: {constraints: ['node.hostname == a']}}     | has other constraints
            """)
    @DisplayName(
            "who can't be where the other one is has a port opened that the file names, and it is said how to hinder that")
    void onNeed(String placing, String why) {
        String db = "  db: {image: db, deploy: {placement: {constraints: ['node.hostname == b']}}}\n";
        String text = db + "  web: {image: web, environment: {URL: '//db:5432'}, " + placing + "}\n";
        assertThat(spec("db", text).path("expose")).hasToString("[{\"container_port\":5432}]");
        assertThat(named(text))
                .containsExactly(
                        "db is named by web at 5432, and web " + why
                                + ": it has expose: [5432], so that its node answers there on the mesh; write expose: [] where it must not");

        assertThat(spec("db", text.replace("image: db", "image: db, expose: []"))
                        .has("expose"))
                .isFalse();
        assertThat(spec("db", text.replace("image: db", "image: db, scale: 2")).has("expose"))
                .isFalse();
        String taken = text + "  other: {image: other, ports: ['5432:1']}\n";
        assertThat(spec("db", taken).has("expose")).isFalse();
        assertThat(named(taken))
                .containsExactly(
                        "db is named by web at 5432 and has neither ports nor expose: it is reached there from its own node alone; write expose: [5432]");
    }

    private static String near(String service, String text) {
        return spec(service, text).path("near").toString();
    }

    @Test
    @DisplayName("who looks for whom it does not reach from elsewhere is near it, whichever of them is placed first")
    void near() {
        String db = "  db: {image: db}\n";
        String web = "  web: {image: web, scale: 3, environment: {URL: '//db:5432'}}\n";
        assertThat(near("web", db + web)).isEqualTo("[\"shop-db\"]");
        assertThat(near("db", db + web)).isEqualTo("[\"shop-web\"]");
        for (String reached : List.of("expose: [5432]", "ports: ['5432:5432']", "network_mode: host")) {
            String other = web + "  db: {image: db, " + reached + "}\n";
            assertThat(near("web", other) + near("db", other)).as(reached).isEmpty();
        }
        for (String unreached : List.of("expose: []", "networks: [inner]", "ports: ['15432:5432']")) {
            String other = web.replace("image", "networks: [inner], image") + "  db: {networks: [inner], image: db, "
                    + unreached.replace("networks: [inner]", "restart: 'no'")
                    + "}\nnetworks: {inner: {internal: " + unreached.startsWith("net") + "}}\n";
            assertThat(near("web", other)).as(unreached).isEqualTo("[\"shop-db\"]");
        }
        String inner = web.replace("image", "networks: [inner], image")
                + "  db: {networks: [inner], image: db, ports: ['5432:5432']}\nnetworks: {inner: {internal: true}}\n";
        assertThat(near("web", inner)).as("nobody is led in").isEqualTo("[\"shop-db\"]");
        assertThat(near("other", db + web + "  other: {image: other}\n"))
                .as("looks for nobody")
                .isEmpty();
    }

    @Test
    @DisplayName("a job comes to whom it looks for, not the other way; what is on each node is near everybody")
    void nearOneWay() {
        String db = "  db: {image: db}\n  migrate: {image: m, depends_on: [db], deploy: {mode: replicated-job}}\n";
        assertThat(near("migrate", db)).isEqualTo("[\"shop-db\"]");
        assertThat(near("db", db)).isEmpty();
        String agents = "  db: {image: db}\n  agent: {image: a, depends_on: [db], deploy: {mode: global}}\n";
        assertThat(near("agent", agents) + near("db", agents)).isEmpty();
        String both =
                "  a: {image: a, links: [b], depends_on: [b], environment: {X: '//b'}}\n  b: {image: b, environment: {X: '//a'}}\n";
        assertThat(near("a", both) + near("b", both)).isEqualTo("[\"shop-b\"][\"shop-a\"]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            node.hostname == a    | node.hostname == b    | false
            node.hostname == a    | node.hostname != a    | false
            node.labels.x != 1    | node.labels.x == 1    | false
            node.hostname == a    | node.hostname != b    | true
            node.labels.x != 1    | node.labels.x != 2    | true
            node.labels.x == 1    | node.labels.y == 2    | true
            """)
    @DisplayName(
            "who may be on the node of whom it looks for, as one of several may, is near it; nobody is where no node can have both")
    void nearWherePossible(String web, String db, boolean possible) {
        String placing = "{constraints: ['%s']}";
        String text = "  db: {image: db, deploy: {placement: " + placing.formatted(db) + "}}\n"
                + "  web: {image: web, depends_on: [db], deploy: {placement: " + placing.formatted(web) + "}}\n";
        assertThat(near("web", text)).isEqualTo(possible ? "[\"shop-db\"]" : "");
        assertThat(near("db", text)).isEmpty();
        assertThat(named(text)).singleElement().asString().contains("from its own node alone; write");
        String several = text.replace("image: db, deploy: {", "image: db, deploy: {replicas: 2, ");
        assertThat(near("web", several)).isEqualTo(possible ? "[\"shop-db\"]" : "");
        assertThat(near("db", several)).isEqualTo(possible ? "[\"shop-web\"]" : "");
        String ports = "  db: {image: db}\n"
                + "  web: {image: web, depends_on: [db], ports: ['80:80'], deploy: {replicas: 2}}\n";
        assertThat(near("web", ports)).as("one of them").isEqualTo("[\"shop-db\"]");
    }

    @Test
    @DisplayName("who shares a network with whom it names, or is named through such a one, is no other service")
    void sidecars() {
        String vpn = "  tailscale: {image: ts}\n"
                + "  nginx: {image: nginx, network_mode: 'service:tailscale', depends_on: [tailscale], environment: {UP: '//tailscale:80'}}\n";
        assertThat(named(vpn)).isEmpty();
        assertThat(named(vpn + "  web: {image: web, depends_on: [nginx]}\n"))
                .singleElement()
                .asString()
                .startsWith("tailscale is named by web and has neither");
        assertThat(named(vpn.replace("UP: '", "DB: '//db:5432', UP: '") + "  db: {image: db}\n"))
                .singleElement()
                .asString()
                .startsWith("db is named by tailscale at 5432");
    }
}
