package io.knit.core.server.http.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.RawHttp;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What web pages of others could try from a visitor's browser. */
class HostGuardTest {
    private static final String BODY = "{\"name\":\"a\",\"image\":\"x:1\"}";
    private static ApiServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new ApiServer();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:1", "knit.localhost", "127.0.0.1", "10.54.0.1:8080", "[::1]:80"})
    void ourOwnNamesAreTaken(String host) throws Exception {
        assertThat(answer("GET /ping HTTP/1.1\r\nHost: " + host + "\r\n")).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: evil.example",
                "Host: evil.example:8080",
                "Host: 127.0.0.1.evil.example",
                "Host: localhost.evil.example",
                "Host: evil.example\r\nHost: localhost",
                "Host: localhost\r\nHost: evil.example",
                "Host: ",
                "X-Forwarded-Host: localhost",
                "Host: user@localhost",
                "Host: 1.2.3.4.",
            })
    void foreignHostsAreRefused(String headers) throws Exception {
        for (String path : new String[] {"/ping", "/dashboard", "/events", "/deployments", "/nothing"}) {
            String answer = answer("GET " + path + " HTTP/1.1\r\n" + headers + "\r\n");
            assertThat(answer).startsWith("HTTP/1.1 4").doesNotContain("pong").doesNotContain("Deploy");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: http://evil.example",
                "Origin: null",
                "Origin: http://localhost:1",
                "Origin: http://localhost.evil.example",
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site",
                "Origin: http://localhost\r\nOrigin: http://evil.example",
                "Origin: http://evil.example\r\nOrigin: http://localhost",
                "Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site",
            })
    void otherSitesChangeNothing(String header) throws Exception {
        server.orchestrator.accepted.clear();
        for (String request : new String[] {
            "POST /deployments HTTP/1.1\r\nContent-Type: application/json\r\n",
            "POST /dashboard/deploy HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n",
            "DELETE /deployments/a HTTP/1.1\r\n",
            "POST /deployments/a/rollback HTTP/1.1\r\n",
            "POST /deployments/a/restart HTTP/1.1\r\n",
            "POST /nodes/a/drain HTTP/1.1\r\n",
            "PATCH /nodes/a HTTP/1.1\r\nContent-Type: application/json\r\n",
        }) {
            String answer = answer(
                    request + "Host: localhost\r\n" + header + "\r\nContent-Length: " + BODY.length() + "\r\n", BODY);
            assertThat(answer).startsWith("HTTP/1.1 403 ").contains("\"code\":\"forbidden\"");
        }
        assertThat(server.orchestrator.accepted).isEmpty();
    }

    @Test
    void aContentTypeGivenTwiceIsNone() throws Exception {
        String answer = answer(
                "POST /deployments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Type: text/plain\r\nContent-Length: " + BODY.length() + "\r\n",
                BODY);
        assertThat(answer).startsWith("HTTP/1.1 415 ").contains("given 2 times");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ping", "/healthz", "/readyz"})
    void aLoadBalancersCheckWithoutAHostIsAnswered(String path) throws Exception {
        for (String method : new String[] {"GET", "HEAD"}) {
            assertThat(answer(method + " " + path + " HTTP/1.0\r\n")).startsWith("HTTP/1.0 200 ");
        }
        assertThat(answer("GET " + path + " HTTP/1.1\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(answer("GET " + path + " HTTP/1.0\r\nHost: evil.example\r\n"))
                .startsWith("HTTP/1.0 403 ");
        assertThat(answer("GET /deployments HTTP/1.0\r\n")).startsWith("HTTP/1.0 403 ");
    }

    @Test
    void ourOwnPagesAndProgramsMayChangeThings() throws Exception {
        for (String header : new String[] {"Origin: http://localhost:80", "Sec-Fetch-Site: same-origin", "X-None: x"}) {
            String answer = answer(
                    "POST /deployments HTTP/1.1\r\nHost: localhost:80\r\nContent-Type: application/json\r\n" + header
                            + "\r\nContent-Length: " + BODY.length() + "\r\n",
                    BODY);
            assertThat(answer).startsWith("HTTP/1.1 202 ");
        }
    }

    @Test
    void noAnswerLetsOtherSitesRead() throws Exception {
        String answer = answer("OPTIONS /deployments HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n"
                + "Access-Control-Request-Method: POST\r\n");
        assertThat(answer).startsWith("HTTP/1.1 405 ").doesNotContainIgnoringCase("access-control");
        String read = answer("GET /deployments HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n");
        assertThat(read)
                .doesNotContainIgnoringCase("access-control")
                .containsIgnoringCase("cache-control: no-store")
                .containsIgnoringCase("x-content-type-options: nosniff")
                .containsIgnoringCase("frame-ancestors 'none'");
    }

    private static String answer(String head) throws IOException {
        return answer(head, "");
    }

    private static String answer(String head, String body) throws IOException {
        try (RawHttp raw = new RawHttp(server.api.port())) {
            raw.send(head + "Connection: close\r\n\r\n" + body);
            return raw.rest();
        }
    }
}
