package io.knit.core.server.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.core.server.admission.Admission;
import io.knit.core.server.http.json.ComposeReader;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.template.TemplateEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files of the kinds that people deploy, in the shapes in which they are published, written anew: what each comes to is a golden file. To accept another,
 * copy {@code target/compose/*.json} over {@code src/test/resources/compose}.
 */
class PublicFilesTest {
    private static final Path FILES = Path.of("src", "test", "resources", "compose");
    private static final Path FOUND = Path.of("target", "compose");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ENV_FILE = """
            # beside the file
            DB_PASSWORD='pa$$word'
            DB_PASS=secret # of the wiki
            UPLOAD_LOCATION=/srv/photos
            export DB_DATA_LOCATION="/srv/${WHERE:-photos}-db"
            RABBIT_PASS=carrot
            """;
    private static final Map<String, String> ALONG = Map.of(
            "mailserver.env", "ENABLE_SPAM=1\nPOSTMASTER=post@${DOMAIN:-example.com}\n",
            "./config/postfix.cf", "maximal_queue_lifetime = 1d\n",
            ".env", ENV_FILE,
            "./auth.toml", "[[roles]]\nname = \"{{who}}\"\n",
            "count.conf", "BASE_URL=https://count.example.com\nSECRET='a b'\n",
            "./clickhouse/logs.xml", "<clickhouse>{{level}}</clickhouse>\n");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "web",
                "media",
                "home",
                "mail",
                "monitoring",
                "proxy",
                "wiki",
                "forge",
                "photos",
                "queue",
                "vpn",
                "torrents",
                "shows",
                "analytics"
            })
    void isTakenOverAsItsGoldenFileSays(String kind) throws IOException {
        String text = Files.readString(FILES.resolve(kind + ".yaml"));
        ComposeStack stack = Compose.read(ComposeSource.of(kind + ".yaml", text)
                .with(Map.of("SERVERURL", "vpn.example.com"), ENV_FILE)
                .in(Set.of("zigbee"))
                .along(PublicFilesTest::beside));

        ObjectNode found = json(stack);
        Files.createDirectories(FOUND);
        Files.writeString(
                FOUND.resolve(kind + ".json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(found));

        assertThat(stack.findings()).as("refused").noneMatch(finding -> finding.refuses());
        assertThat(found).isEqualTo(JSON.readTree(Files.readString(FILES.resolve(kind + ".json"))));
        Admission admission = new Admission(new TemplateEngine());
        stack.services()
                .forEach(service -> admission.admit(
                        SpecReader.read(service.spec().toString().getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    @DisplayName("what docker compose config makes of a file is taken as the file itself, with nothing refused")
    void normalized() throws IOException {
        ComposeReader.Read itself = whole("normalized.yaml");
        ComposeReader.Read made = whole("normalized.json");
        assertThat(made.specs()).isEqualTo(itself.specs()).hasSize(2);
    }

    private static ComposeReader.Read whole(String file) throws IOException {
        return ComposeReader.read(ComposeSource.of(file, Files.readString(FILES.resolve(file))));
    }

    private static @Nullable String beside(String file) {
        return ALONG.get(file);
    }

    private static ObjectNode json(ComposeStack stack) throws IOException {
        ObjectNode json = JSON.createObjectNode().put("project", stack.project());
        ArrayNode findings = json.putArray("findings");
        stack.findings().forEach(finding -> findings.add(finding.toString()));
        ArrayNode specs = json.putArray("specs");
        stack.services().forEach(service -> specs.add(service.spec()));
        // as it is read back
        return (ObjectNode) JSON.readTree(json.toString());
    }
}
