package io.knit.core.server.compose;

import static io.knit.core.server.compose.ComposeReading.TOP;
import static io.knit.core.server.compose.ComposeReading.names;
import static io.knit.core.server.compose.ComposeReading.read;
import static io.knit.core.server.compose.ComposeReading.refusals;
import static io.knit.core.server.compose.ComposeReading.remarks;
import static io.knit.core.server.compose.ComposeReading.spec;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ports of a Compose file, published and exposed, and who reaches whom by them. */
class ComposePortsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    80                     | [{"host_ip":"0.0.0.0","container_port":80}]
                    8080:80                | [{"host_ip":"0.0.0.0","host_port":8080,"container_port":80}]
                    127.0.0.1:8080:80/udp  | [{"host_ip":"127.0.0.1","host_port":8080,"container_port":80,"protocol":"udp"}]
                    127.0.0.1::80          | [{"host_ip":"127.0.0.1","container_port":80}]
                    '[::1]:81:80'          | [{"host_ip":"::1","host_port":81,"container_port":80}]
                    3000-3001              | [{"host_ip":"0.0.0.0","container_port":3000},{"host_ip":"0.0.0.0","container_port":3001}]
                    9000-9001:80-81        | [{"host_ip":"0.0.0.0","host_port":9000,"container_port":80},{"host_ip":"0.0.0.0","host_port":9001,"container_port":81}]
                    """)
    void portsAreTaken(String written, String json) {
        assertThat(spec("ports: [\"" + written + "\"]").get("ports")).hasToString(json);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:80", "80-70", "9000-9009:80", "1:2:3:4", "80/", "example.com:80:80", "-"})
    void orRefusedAsPorts(String written) {
        assertThat(refusals(TOP + "    ports: [\"" + written + "\"]\n"))
                .singleElement()
                .asString()
                .startsWith("c.yaml:5:13: ports: ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    5432        | [{"container_port":5432}]
                    '"5432"'    | [{"container_port":5432}]
                    53/udp      | [{"container_port":53,"protocol":"udp"}]
                    53/TCP      | [{"container_port":53,"protocol":"tcp"}]
                    8000-8001   | [{"container_port":8000},{"container_port":8001}]
                    7-8/udp     | [{"container_port":7,"protocol":"udp"},{"container_port":8,"protocol":"udp"}]
                    1, 2        | [{"container_port":1},{"container_port":2}]
                    """)
    void exposedPortsAreTaken(String written, String json) {
        assertThat(spec("expose: [" + written + "]").get("expose")).hasToString(json);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "80-70", "80:80", "80/", "-", "99999999999", "127.0.0.1:80"})
    void orRefusedAsExposed(String written) {
        assertThat(refusals(TOP + "    expose: ['" + written + "']\n"))
                .containsExactly("c.yaml:5:14: expose: " + written
                        + " is no port of a container; write PORT or FIRST-LAST, with /udp behind it for UDP");
    }

    @Test
    void whatIsStartedFirstNeedsAnotherNodeForAFixedPort() {
        String order = "    deploy: {update_config: {order: %s}}\n";
        String fixed = TOP + "    ports: [\"18081:80\"]\n";
        assertThat(remarks(fixed + order.formatted("start-first")))
                .singleElement()
                .asString()
                .contains("host port 18081 is fixed", "needs another node", "order: stop-first");
        assertThat(remarks(fixed + order.formatted("stop-first"))).isEmpty();
        assertThat(remarks(TOP + "    ports: [\"80\"]\n" + order.formatted("start-first")))
                .isEmpty();
    }

    private static JsonNode expose(String text, int service) {
        return read(text).services().get(service).spec().path("expose");
    }

    @Test
    @DisplayName("what is exposed keeps no service of the file from running beside the others: the first has the port")
    void exposedOnce() {
        String two = TOP + "    expose: [80, 81]\n  api: {image: api:1, expose: [82, '80/tcp', 80/udp]}\n";
        assertThat(expose(two, 0)).hasToString("[{\"container_port\":80},{\"container_port\":81}]");
        assertThat(expose(two, 1))
                .hasToString("[{\"container_port\":82},{\"container_port\":80,\"protocol\":\"udp\"}]");
        assertThat(remarks(two))
                .containsExactly(
                        "c.yaml:6:36: expose: 80/tcp is web's already, and a node has each port once: api is found by name, but reached from its own node alone; have it listen on another port, where other nodes are to reach it");
        assertThat(read(two).services().get(1).at("/expose/1").column()).isEqualTo(46);

        String published = TOP + "    expose: [80]\n  proxy: {image: p, ports: ['80:8080']}\n";
        assertThat(expose(published, 0).isMissingNode()).isTrue();
        assertThat(remarks(published)).singleElement().asString().contains("80/tcp is proxy's already");

        String own = TOP + "    expose: [80, 81]\n    ports: ['80:80', '127.0.0.1:81:81', '82']\n";
        assertThat(expose(own, 0)).hasToString("[{\"container_port\":81}]");
        assertThat(remarks(own))
                .containsExactly("c.yaml:5:14: expose: 80/tcp is a port of its node already; leave it out");
    }

    @Test
    @DisplayName("instances of an exposed port need a node each, which is said; a network without ports has none")
    void exposedByMany() {
        String many = TOP + "    expose: [80]\n    scale: 3\n";
        assertThat(expose(many, 0)).hasSize(1);
        assertThat(remarks(many))
                .containsExactly(
                        "c.yaml:5:14: expose: a node has each port once, so that web's 3 instances need as many nodes; leave it out, where they may share nodes and only those of their own node connect to them");
        for (String network : List.of("host", "none")) {
            String text = TOP + "    expose: [80]\n    network_mode: " + network + "\n";
            assertThat(expose(text, 0).isMissingNode()).isTrue();
            assertThat(remarks(text))
                    .containsExactly(
                            "c.yaml:5:13: expose: with the network " + network + " nothing is published; leave it out");
        }
    }

    @Test
    @DisplayName("of who is named by others, and has no port that other nodes reach, that is said")
    void unreachable() {
        String db =
                "c.yaml:6:3: db is named by web and has neither ports nor expose: it is reached by name from its own node alone, where both are if there is room;"
                        + " write expose: [PORT] with what it listens on";
        for (String names : List.of("depends_on: [db]", "depends_on: {db: {condition: service_healthy}}")) {
            assertThat(remarks(TOP + "    " + names + "\n  db: {image: db:1}\n"))
                    .containsExactly(db);
        }
        assertThat(remarks(TOP + "    links: [db]\n  db: {image: db:1}\n")).contains(db);
        for (String reached : List.of(
                "ports: ['5432:5432']",
                "expose: [5432]",
                "expose: []",
                "network_mode: host",
                "deploy: {mode: global}",
                "restart: 'no', profiles: [x]")) {
            assertThat(remarks(TOP
                            + "    depends_on: {db: {condition: service_started, required: false}}\n  db: {image: db:1, "
                            + reached + "}\n"))
                    .as(reached)
                    .noneMatch(line -> line.contains("is named by"));
        }
        assertThat(remarks(TOP
                        + "    depends_on: {db: {condition: service_completed_successfully}}\n  db: {image: db:1}\n"))
                .isEmpty();
        assertThat(remarks(TOP + "  db: {image: db:1}\n")).isEmpty();
    }
}
