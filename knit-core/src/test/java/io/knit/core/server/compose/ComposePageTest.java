package io.knit.core.server.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.core.server.admission.Admission;
import io.knit.core.server.compose.key.ComposeKey;
import io.knit.core.server.compose.key.ComposeKeys;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.template.TemplateEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** {@code docs/compose.md}. */
class ComposePageTest {
    private static final Path PAGE = Path.of("..", "docs", "compose.md");
    private static final Path FOUND = Path.of("target", "compose.md");
    private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
    private static final String HEAD = "| key | | becomes |";

    @Test
    @DisplayName("its table is the code's; to accept a change, copy target/compose.md over it")
    void table() throws IOException {
        String page = Files.readString(PAGE);
        int from = page.indexOf(HEAD);
        List<String> rows = new ArrayList<>(List.of(HEAD, "|---|---|---|"));
        ComposeKeys.all().forEach(key -> rows.add(row(key)));
        String made = (from < 0 ? page : page.substring(0, from)) + String.join("\n", rows) + "\n";
        Files.writeString(FOUND, made);

        assertThat(page).isEqualTo(made);
    }

    private static String row(ComposeKey key) {
        String path = key.path().replace("services.*.", "");
        String words = key.instead().isEmpty() ? key.words() : key.words() + ": " + key.instead();
        String fate = switch (key.fate()) {
            case TAKEN -> "";
            case REMARKED -> "remark";
            case REFUSED -> "refused";
        };
        boolean ofFile = !key.path().startsWith("services.*.");
        return "| " + (ofFile ? "top: " : "") + "`" + path + "` | " + fate + " | " + words.replace("|", "\\|") + " |";
    }

    @Test
    @DisplayName("its examples are taken over, and admitted")
    void examples() throws IOException {
        Matcher examples = EXAMPLE.matcher(Files.readString(PAGE));
        Admission admission = new Admission(new TemplateEngine());
        int seen = 0;
        while (examples.find()) {
            ComposeStack stack = Compose.read(ComposeSource.of("compose.yaml", examples.group(1)));
            assertThat(stack.findings()).noneMatch(finding -> finding.refuses());
            stack.services()
                    .forEach(service -> admission.admit(
                            SpecReader.read(service.spec().toString().getBytes(StandardCharsets.UTF_8))));
            seen++;
        }
        assertThat(seen).isPositive();
    }
}
