package io.knit.core.server.dashboard;

import static io.knit.core.server.http.FakeOrchestrator.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.NodeState;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeView;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.inside.Pipe;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that a real browser sends by the pages' forms. */
class FilesInABrowserTest {
    private static final SlotVolume DATA = new SlotVolume("web", "0", "data", "n1", NOW, null);
    private static Browser browser;

    private final AtomicLong came = new AtomicLong();
    private ApiServer server;

    @BeforeAll
    static void open(@TempDir Path profile) throws Exception {
        browser = Browser.start(profile);
    }

    @AfterAll
    static void close() throws Exception {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer();
        server.orchestrator.node("n1", NodeState.READY, Map.of(), "", "");
        server.orchestrator.volumes = List.of(new VolumeView(DATA, null, "", ""));
        server.inside.opening = (request, reader) -> {
            reader.begun();
            return new Pipe() {
                @Override
                public Future<Void> write(int channel, byte[] bytes) {
                    came.addAndGet(bytes.length);
                    return Future.succeededFuture();
                }

                @Override
                public void end() {
                    reader.ended(new byte[0]);
                }

                @Override
                public void cancel() {}
            };
        };
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static void choose(Browser.Tab tab, String form, int mebibytes) {
        tab.value("(() => { const files = new DataTransfer();"
                + "files.items.add(new File([new Uint8Array(" + mebibytes + " << 20)], 'a \"tar\".tar'));"
                + "document.querySelector('" + form + " input[type=file]').files = files.files; return ''; })()");
    }

    @Test
    @DisplayName("a volume is restored from a file that is chosen, all of it, and the page says so")
    void restores() {
        Browser.Tab tab = browser.open(server.url("/dashboard/volumes"));
        tab.press("summary");
        choose(tab, "form[action*=restore]", 20);
        tab.press("form[action*=restore] button");
        tab.untilSaid("[role=status]", "web/0/data has what was in the tar.");
        assertThat(came).hasValue(20L << 20);
    }

    @Test
    @DisplayName("why a large file was not taken is read on the page, not as a broken connection")
    void refused() {
        Browser.Tab tab = browser.open(server.url("/dashboard/volumes"));
        server.orchestrator.volumes = List.of(new VolumeView(DATA, "web-0-a", "", ""));
        tab.press("summary");
        choose(tab, "form[action*=restore]", 60);
        tab.press("form[action*=restore] button");
        tab.untilSaid("[role=alert]", "is had by web-0-a");
        assertThat(came).hasValue(0);
    }

    @Test
    @DisplayName("why an image was not pushed, likewise")
    void pushed() {
        Browser.Tab tab = browser.open(server.url("/dashboard/images"));
        tab.type("#image", "web:1");
        choose(tab, "form[action*=push]", 60);
        tab.press("form[action*=push] button");
        tab.untilSaid("[role=alert]", "there is no node that can take the image now");
    }
}
