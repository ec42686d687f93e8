package io.knit.core.server.documents.upgrade;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.server.documents.kept.SpecRef;
import io.knit.core.server.documents.kept.Tables;
import io.knit.core.wire.SpecBlob;
import io.knit.core.wire.WireCodec;
import java.util.List;

/** From form 2 to 3: the spec in a deployment and in a revision is a document of its own, which both name. Put twice it is the same. */
public final class SpecParting implements Upgrades.Step {
    @Override
    public List<Upgrades.Tree> apply(Upgrades.Tree document) {
        return switch (document.table()) {
            case Tables.DEPLOYMENT, Tables.REVISION -> parted(document);
            default -> List.of(document);
        };
    }

    /** @throws KnitException if its spec can't be read */
    private static List<Upgrades.Tree> parted(Upgrades.Tree document) {
        ObjectNode body = document.body();
        DeploymentSpec spec = WireCodec.decode(body.path("spec"), "spec", DeploymentSpec.class);
        SpecBlob blob = SpecBlob.of(spec);
        body.remove("blob");
        body.set("spec", WireCodec.parse(WireCodec.encodeText(SpecRef.of(spec, blob.blob()))));
        return List.of(document, new Upgrades.Tree(Tables.SPEC, blob.blob(), WireCodec.parse(blob.text())));
    }
}
