package io.knit.core.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.core.server.http.contract.OpenApi;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page of the API shows all of the document, and needs nothing from elsewhere. */
class DocsPageTest {
    private static List<String> found(String pattern, String page) {
        List<String> found = new ArrayList<>();
        Matcher matcher = Pattern.compile(pattern).matcher(page);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    @Test
    void allOfTheDocumentIsOnThePage() throws Exception {
        try (ApiServer server = new ApiServer()) {
            HttpResponse<String> answer = server.get("/docs");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
            assertThat(answer.headers().firstValue("Content-Security-Policy"))
                    .isPresent()
                    .get()
                    .asString()
                    .contains("default-src 'none'", "script-src 'self'", "style-src 'self'");
            String page = answer.body();
            Routes.PATHS
                    .keySet()
                    .forEach(path -> assertThat(page).contains("<code>" + OpenApi.named(path) + "</code>"));
            OpenApi.document(Routes.PATHS)
                    .at("/components/schemas")
                    .fieldNames()
                    .forEachRemaining(name -> assertThat(page).contains("id=\"" + name + "\""));
            assertThat(page)
                    .contains("If-None-Match", "max_parallel", "Problem")
                    .doesNotContain("&lt;a ");
        }
    }

    @Test
    void whatItNeedsIsHere() throws Exception {
        try (ApiServer server = new ApiServer()) {
            String page = server.get("/docs").body();
            assertThat(page).doesNotContain("<script", "style=", "src=\"http", "href=\"http");
            Set<String> here = new HashSet<>(found("id=\"([^\"]+)\"", page));
            assertThat(here).containsAll(found("href=\"#([^\"]+)\"", page));
            for (String other : found("(?:href|src)=\"(/[^\"]*)\"", page)) {
                assertThat(server.get(other).statusCode()).as(other).isEqualTo(200);
            }
        }
    }
}
