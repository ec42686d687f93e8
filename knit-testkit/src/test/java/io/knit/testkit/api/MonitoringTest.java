package io.knit.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** What the alerts and the board under {@code docs/monitoring} ask for is what a live server tells, and the page of figures names all of it. */
@Timeout(60)
class MonitoringTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern FIGURE = Pattern.compile("\\bknit_[a-z_]+");

    /** {@code name{label="value"}} with what is in the braces. */
    private static final Pattern SELECTOR = Pattern.compile("(knit_[a-z_]+)\\{([^}]*)}");

    @TempDir
    private Path dir;

    private static List<String> asked() throws Exception {
        List<String> asked = new ArrayList<>();
        Map<String, List<Map<String, Object>>> alerts =
                new Yaml().load(Files.readString(DOCS.resolve("monitoring/alerts.yml")));
        for (Map<String, Object> group : Objects.requireNonNull(alerts.get("groups"))) {
            for (Object each : (List<?>) Objects.requireNonNull(group.get("rules"))) {
                Map<?, ?> rule = (Map<?, ?>) each;
                assertThat(rule.keySet().stream().map(String::valueOf).collect(Collectors.toSet()))
                        .contains("alert", "expr", "labels", "annotations");
                asked.add(String.valueOf(rule.get("expr")));
            }
        }
        for (JsonNode panel : new ObjectMapper()
                .readTree(Files.readString(DOCS.resolve("monitoring/grafana.json")))
                .get("panels")) {
            panel.get("targets").forEach(target -> asked.add(target.get("expr").asText()));
        }
        return asked;
    }

    private String told() throws Exception {
        try (ContractFleet fleet = new ContractFleet(dir, "127.0.0.1:0")) {
            HttpClient client = HttpClient.newHttpClient();
            URI ping = URI.create(fleet.url() + "/v1/nodes");
            client.send(HttpRequest.newBuilder(ping).build(), BodyHandlers.ofString());
            return client.send(
                            HttpRequest.newBuilder(URI.create(fleet.url() + "/metrics"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        }
    }

    @Test
    void whatIsAskedForIsTold() throws Exception {
        String told = told();
        Set<String> names = new TreeSet<>();
        told.lines().filter(line -> !line.startsWith("#")).forEach(line -> names.add(line.replaceFirst("[{ ].*", "")));
        List<String> asked = asked();
        assertThat(asked).hasSizeGreaterThan(25);
        for (String expression : asked) {
            Matcher figures = FIGURE.matcher(expression);
            assertThat(figures.find()).as(expression).isTrue();
            do {
                assertThat(names).as(expression).contains(figures.group());
            } while (figures.find());
            Matcher selectors = SELECTOR.matcher(expression);
            while (selectors.find()) {
                for (String label : selectors.group(2).split(",")) {
                    String name = label.replaceFirst("=.*", "");
                    for (String value :
                            label.replaceFirst("[^\"]*\"", "").replace("\"", "").split("\\|")) {
                        if (!value.equals("HEAD")) {
                            assertThat(told)
                                    .as(expression)
                                    .containsPattern(selectors.group(1) + "\\{[^}]*" + name + "=\""
                                            + Pattern.quote(value) + "\"");
                        }
                    }
                }
            }
        }
        // a live fleet fills them
        assertThat(told.lines())
                .filteredOn(line -> line.matches("knit_(control|schedule|commit|transport_publish)_seconds_count .*"))
                .hasSize(4)
                .noneMatch(line -> line.endsWith(" 0"));
        assertThat(told.lines())
                .anyMatch(line -> line.matches("knit_agent_message_seconds_count\\{kind=\"heartbeat\"} [1-9]\\d*"))
                .anyMatch(line -> line.matches("knit_instance_start_seconds_count\\{phase=\"placed\"} [1-9]\\d*"))
                .anyMatch(line -> line.matches("knit_rollout_seconds_count\\{outcome=\"done\"} [1-9]\\d*"));
    }

    @Test
    void everyFigureIsInTheDocs() throws Exception {
        String page = Files.readString(DOCS.resolve("api.md"));
        Set<String> families = told().lines()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.split(" ")[2].replaceFirst("_max$", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(families)
                .hasSizeGreaterThan(12)
                .allSatisfy(name -> assertThat(page).contains("`" + name));
    }
}
