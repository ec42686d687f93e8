package io.knit.launcher.remote.show;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ListingsTest {
    @Test
    @DisplayName("what has no name yet, as a host without an agent, has no line among the names")
    void names() throws IOException {
        String nodes = "[{\"id\": null, \"hostname\": \"h\"}, {\"id\": \"n1\"}, {\"hostname\": \"i\"}]";
        assertThat(Listings.names(new ObjectMapper().readTree(nodes), "id")).containsExactly("n1");
        String revisions = "[{\"number\": 2}, {\"number\": 1}]";
        assertThat(Listings.names(new ObjectMapper().readTree(revisions), "number"))
                .containsExactly("2", "1");
    }
}
