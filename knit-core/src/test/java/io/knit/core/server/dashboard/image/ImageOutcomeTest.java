package io.knit.core.server.dashboard.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.core.server.image.NodePushed;
import io.knit.core.server.image.Pushed;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the page of images says of what was done. */
class ImageOutcomeTest {
    @Test
    @DisplayName("of a push it is said which nodes have the image now, and why others have not")
    void pushed() {
        ImageOutcome outcome = ImageOutcome.of(new Pushed(
                "web:1",
                "0",
                3,
                List.of(
                        new NodePushed("n1", NodePushed.State.LOADED, 5 << 20, 2, ""),
                        new NodePushed("n2", NodePushed.State.PRESENT, 0, 3, ""),
                        new NodePushed("n3", NodePushed.State.FAILED, 0, 0, "its disk is full"),
                        new NodePushed("n4", NodePushed.State.SKIPPED, 0, 0, "it is drained"))));
        assertThat(outcome.words()).isEqualTo("web:1 is on 2 of 4 nodes.");
        assertThat(outcome.rows())
                .extracting(row -> row.node() + " " + row.state() + ", " + row.size() + ", " + row.reason())
                .containsExactly(
                        "n1 has it now, 5.0 MiB sent, it had 2 of its layers",
                        "n2 had it, , ",
                        "n3 failed, , its disk is full",
                        "n4 left out, , it is drained");
    }
}
