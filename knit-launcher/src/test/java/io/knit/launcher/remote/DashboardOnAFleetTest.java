package io.knit.launcher.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.testkit.ImageBytes;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard's forms, sent as a browser does to a real server with agents, whose engines alone are fakes. */
class DashboardOnAFleetTest {
    private static final String BOUNDARY = "----of-a-test";

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private RemoteFleet fleet;
    private String cookie = "";
    private String csrf = "";

    @BeforeEach
    void open() throws Exception {
        fleet = new RemoteFleet(folder);
        HttpResponse<String> page = client.send(request("/dashboard").build(), BodyHandlers.ofString());
        cookie = page.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
        csrf = page.body().split("name=\"csrf\" value=\"", 2)[1].split("\"", 2)[0];
    }

    @AfterEach
    void close() throws Exception {
        fleet.close();
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(fleet.url()).resolve(path)).header("Accept", "text/html");
        return cookie.isEmpty() ? request : request.header("Cookie", cookie);
    }

    private String page(String path, String type, byte[] body) throws Exception {
        HttpResponse<String> page = client.send(
                request(path)
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofByteArray(body))
                        .build(),
                BodyHandlers.ofString());
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        return page.body();
    }

    private String form(String path, String... fields) throws Exception {
        StringBuilder body = new StringBuilder("csrf=" + csrf);
        for (int i = 0; i < fields.length; i += 2) {
            body.append('&')
                    .append(fields[i])
                    .append('=')
                    .append(URLEncoder.encode(fields[i + 1], StandardCharsets.UTF_8));
        }
        return page(path, "application/x-www-form-urlencoded", body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private String push(String image, String nodes, byte[] tar) throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        String[] fields = {"csrf", csrf, "image", image, "nodes", nodes};
        for (int i = 0; i < fields.length; i += 2) {
            write(body, "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + fields[i] + "\"\r\n\r\n");
            write(body, fields[i + 1] + "\r\n");
        }
        write(
                body,
                "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"image.tar\"\r\n"
                        + "Content-Type: application/x-tar\r\n\r\n");
        body.writeBytes(tar);
        write(body, "\r\n--" + BOUNDARY + "--\r\n");
        return page("/dashboard/images/push", "multipart/form-data; boundary=" + BOUNDARY, body.toByteArray());
    }

    private static void write(ByteArrayOutputStream body, String text) {
        body.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @DisplayName("an image that is pushed is on the nodes, and the page says on which")
    void pushed() throws Exception {
        byte[] tar = ImageBytes.of("team/shop:3", ImageBytes.layer(1, 3 << 20), ImageBytes.layer(2, 50_000));
        assertThat(push("team/shop:3", "n1", tar))
                .containsSubsequence(
                        "team/shop:3 is on 1 of 1 node.",
                        "<b>n1</b>",
                        "3.1 MiB sent",
                        "<span class=\"pill good\">has it now</span>")
                .doesNotContain("<b>n2</b>");
        assertThat(fleet.engine("n1").hasImage("team/shop:3")).isTrue();
        assertThat(fleet.engine("n2").hasImage("team/shop:3")).isFalse();
        assertThat(push("team/shop:3", "", tar))
                .containsSubsequence("team/shop:3 is on 2 of 2 nodes.", "had it", "<b>n2</b>", "has it now");
        assertThat(fleet.engine("n2").hasImage("team/shop:3")).isTrue();
    }

    @Test
    @DisplayName("what would happen if a node died is worked out from what is there")
    void whatIf() throws Exception {
        fleet.done("deploy", fleet.file("web.yaml", RemoteFleet.spec("web", "replicas: 2\n")), "--wait");
        assertThat(form("/dashboard/nodes/n1/simulate", "do", "die"))
                .containsSubsequence(
                        "If n1 died",
                        "<b>web</b>",
                        "2 of 2 healthy",
                        "2 healthy now; 1 at the worst moment, after 0s; 2 at the end",
                        "n1 → n2",
                        "n1 is down");
        assertThat(form("/dashboard/nodes/n1/simulate", "do", "drain"))
                .containsSubsequence("If n1 was drained", "<b>web</b>", "2 at the end", "n1 → n2");
        assertThat(fleet.knit("status", "web").out()).contains("n1", "n2");
    }
}
