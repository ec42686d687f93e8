package io.knit.core.server.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.core.server.http.ApiServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A browser that has a page of ours open: its cookie, and what the page's forms are signed with. */
final class PageSession {
    private static final String BOUNDARY = "----knit-test-boundary";

    private final ApiServer server;
    private final String bearer;
    final String cookie;
    final String token;

    PageSession(ApiServer server) throws IOException, InterruptedException {
        this(server, "");
    }

    /** @param bearer a token of who looks; empty: nobody is asked */
    PageSession(ApiServer server, String bearer) throws IOException, InterruptedException {
        this.server = server;
        this.bearer = bearer;
        HttpResponse<String> page = get("/dashboard", "");
        cookie = page.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
        Matcher matcher =
                Pattern.compile("name=\"csrf\" value=\"([0-9a-f]{64})\"").matcher(page.body());
        assertThat(matcher.find()).as(page.body()).isTrue();
        token = matcher.group(1);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return get(path, cookie);
    }

    private HttpResponse<String> get(String path, String cookie) throws IOException, InterruptedException {
        return server.send(sent(path, cookie));
    }

    HttpResponse<String> post(String path, String... fields) throws IOException, InterruptedException {
        return send(path, cookie, token, fields);
    }

    /** With these words instead of those of the page. */
    HttpResponse<String> send(String path, String cookie, String token, String... fields)
            throws IOException, InterruptedException {
        StringBuilder body = new StringBuilder("csrf=" + token);
        for (int i = 0; i < fields.length; i += 2) {
            body.append('&')
                    .append(fields[i])
                    .append('=')
                    .append(URLEncoder.encode(fields[i + 1], StandardCharsets.UTF_8));
        }
        return server.send(sent(path, cookie)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body.toString())));
    }

    /** A file as a browser sends it, after the form's fields. */
    HttpResponse<String> upload(String path, byte[] file, String... fields) throws IOException, InterruptedException {
        return upload(path, token, file, fields);
    }

    HttpResponse<String> upload(String path, String token, byte[] file, String... fields)
            throws IOException, InterruptedException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        field(body, "csrf", token);
        for (int i = 0; i < fields.length; i += 2) {
            field(body, fields[i], fields[i + 1]);
        }
        write(
                body,
                "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.tar\"\r\n"
                        + "Content-Type: application/x-tar\r\n\r\n");
        body.writeBytes(file);
        write(body, "\r\n--" + BOUNDARY + "--\r\n");
        return server.send(sent(path, cookie)
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(BodyPublishers.ofByteArray(body.toByteArray())));
    }

    private static void field(ByteArrayOutputStream body, String name, String value) {
        write(
                body,
                "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n");
    }

    private static void write(ByteArrayOutputStream body, String text) {
        body.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private HttpRequest.Builder sent(String path, String cookie) {
        HttpRequest.Builder request = server.request(path).header("Accept", "text/html");
        if (!bearer.isEmpty()) {
            request.header("Authorization", "Bearer " + bearer);
        }
        return cookie.isEmpty() ? request : request.header("Cookie", cookie);
    }
}
