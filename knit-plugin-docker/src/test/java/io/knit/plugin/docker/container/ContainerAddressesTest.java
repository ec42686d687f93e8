package io.knit.plugin.docker.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.model.Container;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a container's addresses are, of an engine's list. */
class ContainerAddressesTest {
    @Test
    @DisplayName("those of both kinds, of all its networks; none of a network that gives it none")
    void both() throws IOException {
        Container listed = new ObjectMapper().readValue("""
                        {"NetworkSettings": {"Networks": {
                          "shop": {"IPAddress": "172.18.0.2", "GlobalIPv6Address": "fd00:210:1::2"},
                          "six": {"IPAddress": "", "GlobalIPv6Address": "fd00:210:2::2"},
                          "four": {"IPAddress": "172.19.0.2", "GlobalIPv6Address": ""}}}}
                        """, Container.class);
        assertThat(ContainerList.addresses(listed))
                .containsExactly("172.19.0.2", "172.18.0.2", "fd00:210:1::2", "fd00:210:2::2");
        assertThat(ContainerList.addresses(new Container())).isEmpty();
    }
}
