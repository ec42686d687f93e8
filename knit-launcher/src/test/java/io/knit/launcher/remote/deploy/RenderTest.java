package io.knit.launcher.remote.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.launcher.Typed;
import io.knit.launcher.remote.RemoteFleet;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RenderTest {
    @TempDir
    Path folder;

    private static String spec(String content) {
        return RemoteFleet.spec(
                "page",
                "env: {LOG: debug}\nports:\n- container_port: 80\n  host_port: 8080\ntemplates:\n"
                        + "- destination: /a.conf\n  content: \"" + content + "\"\n");
    }

    @Test
    @DisplayName("as an agent would on that node, or refused in the server's words; nothing is deployed")
    void rendered() throws Exception {
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            fleet.done("node", "label", "n2", "rack=7");
            String file = fleet.file(
                    "page.yaml",
                    spec(
                            "{{ node.id }} {{ node.labels.rack | default('none') }} {{ env.LOG }} {{ instance.ports[0].host_port }} {{ deployment.name }}"));
            // labels that people give to nodes are for selectors; an agent knows its own alone
            assertThat(fleet.done("render", file, "--node", "n2")).isEqualToIgnoringNewLines("n2 none debug 8080 page");
            assertThat(fleet.done("render", file, "--set", "env.LOG=info"))
                    .isEqualToIgnoringNewLines("n1 none info 8080 page");
            assertThat(fleet.json("render", file, "-o", "json")
                            .at("/nodes/0/files/0/content")
                            .asText())
                    .startsWith("n1 none");
            assertThat(fleet.done("render", fleet.file("plain.yaml", RemoteFleet.spec("plain", ""))))
                    .isEqualToIgnoringNewLines("no templates");

            Typed unknown = fleet.knit("render", fleet.file("bad.yaml", spec("{{ nope }}")));
            assertThat(unknown.err()).contains("/templates/0/content", "nope");
            assertThat(unknown.exitCode()).isEqualTo(5);
            assertThat(fleet.knit("deploy", folder.resolve("bad.yaml").toString())
                            .err()
                            .lines()
                            .findFirst())
                    .isEqualTo(unknown.err().lines().findFirst());
            Typed nowhere = fleet.knit("render", file, "--node", "n9");
            assertThat(nowhere.err()).contains("there is no node");
            assertThat(fleet.done("status")).contains("nothing is deployed");
        }
    }
}
