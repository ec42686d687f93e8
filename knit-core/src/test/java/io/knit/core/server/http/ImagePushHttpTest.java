package io.knit.core.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is answered to a push before any of the image comes. */
class ImagePushHttpTest {
    private static ApiServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new ApiServer();
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @ParameterizedTest
    @DisplayName("what is in vain is refused though its body never comes")
    @CsvSource({
        "/images/shop:3, 8589934593, 413",
        "/v1/images/shop:3, 8589934593, 413",
        "/images/shop:3, 8589934592, 503",
        "/images/team%2Fshop:3, 1024, 503",
        "/images/team%2FShop, 1024, 400",
        "/images/shop:3?node=a&node=b, 1024, 404",
        "/images/shop:3?nodes=a, 1024, 400",
    })
    void before(String path, String length, String status) throws Exception {
        try (RawHttp raw = new RawHttp(server.api.port())) {
            raw.send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n\r\n");
            assertThat(raw.line()).startsWith("HTTP/1.1 " + status);
        }
    }
}
