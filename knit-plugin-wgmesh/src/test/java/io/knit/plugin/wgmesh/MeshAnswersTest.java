package io.knit.plugin.wgmesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.plugin.wgmesh.socket.MeshProtocolException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MeshAnswersTest {
    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static List<MeshPeer> peers(String list) {
        return MeshAnswers.peers(json("{'peers':" + list + "}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "'text'",
                "7",
                "null",
                "{'mesh_ip':'10.0.0.1'}",
                "{'pubkey':'k'}",
                "{'pubkey':'','mesh_ip':'10.0.0.1'}",
                "{'pubkey':7,'mesh_ip':'10.0.0.1'}",
                "{'pubkey':'two words','mesh_ip':'10.0.0.1'}",
                "{'pubkey':'k','mesh_ip':'example.org'}",
                "{'pubkey':'k','mesh_ip':'10.0.0.1:80'}",
                "{'pubkey':'k','mesh_ip':['10.0.0.1']}"
            })
    void entriesWithoutAUsableKeyOrAddressAreLeftOut(String entry) {
        assertThat(peers("[" + entry + ",{'pubkey':'good','mesh_ip':'10.0.0.9'}]"))
                .extracting(MeshPeer::pubkey)
                .containsExactly("good");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "'text'", "7"})
    void peersMustBeAList(String list) {
        assertThatThrownBy(() -> peers(list)).isInstanceOf(MeshProtocolException.class);
    }

    @Test
    void noPeersAreNoPeers() {
        assertThat(peers("null")).isEmpty();
        assertThat(peers("[]")).isEmpty();
        assertThat(MeshAnswers.peers(json("{}"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"hostname, name, hostname", "'', name, name", "hostname, '', hostname", "'', '', ''"})
    void hostnameOrNameOfOlderDaemons(String hostname, String name, String expected) {
        assertThat(peers("[{'pubkey':'k','mesh_ip':'10.0.0.1','hostname':'" + hostname + "','name':'" + name + "'}]"))
                .extracting(MeshPeer::hostname)
                .containsExactly(expected);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "2026-11-23T12:00:00Z, 2026-11-23T12:00:00Z",
                "2026-11-23t12:00:00z, 2026-11-23T12:00:00Z",
                "2026-11-23 12:00:00Z, 2026-11-23T12:00:00Z",
                "2026-11-23T12:00:00+05:30, 2026-11-23T06:30:00Z",
                "2026-11-23T12:00:00-00:00, 2026-11-23T12:00:00Z",
                "2026-11-23T12:00:00.5-08:00, 2026-11-23T20:00:00.5Z",
                "0001-01-01T00:00:00Z, null",
                "yesterday, null",
                "'', null"
            })
    void lastSeenWithAnyOffset(String text, @Nullable Instant expected) {
        MeshPeer peer = peers("[{'pubkey':'k','mesh_ip':'10.0.0.1','last_seen':'" + text + "'}]")
                .get(0);
        assertThat(peer.lastSeen()).isEqualTo(expected);
    }

    @Test
    void unknownFieldsAndWrongOptionalOnesAreIgnored() {
        assertThat(peers("[{'pubkey':'k','mesh_ip':'10.0.0.1','new':{'deep':[1]},'discovered_via':'dht',"
                        + "'routable_networks':[1,'10.0.0.0/8'],'latency_ms':'fast','endpoint':null}]"))
                .containsExactly(new MeshPeer("k", "", "10.0.0.1", "", null, List.of(), List.of("10.0.0.0/8"), null));
    }

    @Test
    void aDaemonThatIsOnNoMeshYet() {
        assertThat(MeshAnswers.status(json("{'version':'v1'}")))
                .isEqualTo(new MeshStatus("", "", "", Duration.ZERO, "", "v1"));
        assertThatThrownBy(() -> MeshAnswers.status(json("{'pubkey':'k','mesh_ip':'nonsense'}")))
                .isInstanceOf(MeshProtocolException.class);
    }

    @Test
    void aPingNeedsAPong() {
        assertThatThrownBy(() -> MeshAnswers.pong(json("{}"))).isInstanceOf(MeshProtocolException.class);
    }
}
