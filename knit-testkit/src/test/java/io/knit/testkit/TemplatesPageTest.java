package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Rendering;
import io.knit.api.command.Value.Content;
import io.knit.api.command.Value.Kind;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.core.server.http.json.RenderingJson;
import io.knit.core.server.http.json.SpecReader;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/templates.md}. */
class TemplatesPageTest {
    private static final Pattern BLOCK = Pattern.compile("```(\\w*)\n(.*?)```", Pattern.DOTALL);
    private static final Caller ANN = new Caller("ann", Caller.Role.ADMIN, "here");

    private final SmallFleet fleet;
    private final List<String> blocks;

    TemplatesPageTest(@TempDir Path server) throws IOException {
        fleet = new SmallFleet(builder -> builder.dataDir(server));
        fleet.agent("n1", "eu");
        blocks = BLOCK.matcher(Files.readString(Path.of("..", "docs", "templates.md")))
                .results()
                .filter(block -> !block.group(1).equals("sh"))
                .map(block -> block.group(2))
                .toList();
    }

    private Rendering rendering(DeploymentSpec spec) {
        Future<Rendering> asked = fleet.server.render(spec, null, ANN);
        fleet.run(1);
        assertThat(asked.succeeded()).as(String.valueOf(asked.cause())).isTrue();
        return asked.result();
    }

    @Test
    @DisplayName("its example becomes what it says")
    void rendered() {
        becomes(blocks.get(0), blocks.get(1));
    }

    @Test
    @DisplayName("so does the one of Go templates")
    void renderedByGo() {
        fleet.server.run(new Command.SetValue(Kind.SECRET, "page-go-db", Content.of("hush")), ANN);
        fleet.server.run(new Command.SetValue(Kind.VAR, "page-go-db", Content.of("db.example")), ANN);
        fleet.run(1);
        int example = IntStream.range(0, blocks.size())
                .filter(i -> blocks.get(i).contains("\"page-go\""))
                .findFirst()
                .orElseThrow();
        becomes(blocks.get(example), blocks.get(example + 1));
    }

    private void becomes(String json, String expected) {
        DeploymentSpec spec = SpecReader.read(json.getBytes(StandardCharsets.UTF_8));
        String all = rendering(spec).nodes().get(0).files().stream()
                .map(file -> "==> " + file.destination() + " <==\n" + file.text())
                .collect(Collectors.joining("\n"));
        assertThat(all).isEqualTo(expected);
    }

    @Test
    @DisplayName("its answer is one that is given")
    void answer() throws IOException {
        fleet.server.run(new Command.SetValue(Kind.SECRET, "shop-db", Content.of("hush")), ANN);
        fleet.run(1);
        fleet.deploy(shop("user=a"));
        fleet.run(5);
        JsonNode shown = new ObjectMapper().readTree(blocks.get(2));
        ObjectMapper mapper = new ObjectMapper();
        assertThat(mapper.readTree(RenderingJson.of(rendering(shop("password={{ secret('shop-db') }}")))
                        .toString()))
                .isEqualTo(shown);
    }

    private static DeploymentSpec shop(String first) {
        DeploymentSpecBuilder shop = DeploymentSpec.builder("page-api", "page-api:1")
                .port(new PortSpec("127.0.0.1", 0, 8080, Protocol.TCP))
                .template(
                        "/etc/shop/db.conf",
                        first + "\nlisten={{ instance.ports[0].host_ip }}:{{ instance.ports[0].host_port }}\n"
                                + "{{ secret('shop-db') | sha256 }}\n");
        return shop.build();
    }
}
