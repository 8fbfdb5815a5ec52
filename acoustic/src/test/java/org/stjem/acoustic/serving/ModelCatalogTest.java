package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.io.StjemException;
import org.stjem.proto.v1.ModelInfo;

/** Models in memory behind folders whose files only show that they change. */
class ModelCatalogTest {
  @TempDir private Path folder;

  private final Map<String, FakeAcousticModel> loaded = new HashMap<>();
  private int loads;
  private boolean broken;

  private final ModelCatalog models =
      new ModelCatalog(
          this::load, (model, name, metrics) -> new Closing(model), new ServingMetrics());

  /** Computes nothing, and frees the model when it is stopped. */
  private record Closing(LoadedModel model) implements Turn.Queue {
    @Override
    public void add(Turn stream, int rows) {}

    @Override
    public void stop() {
      model.model().close();
    }

    @Override
    public boolean awaitEnd(Duration limit) {
      return true;
    }
  }

  private LoadedModel load(Path from) {
    loads++;
    if (broken) {
      throw new StjemException(from + "/weights.safetensors: truncated");
    }
    try {
      String content = Files.readString(from.resolve("model.json"));
      FakeAcousticModel model = new FakeAcousticModel(6, 4 + content.length());
      loaded.put(content, model);
      return LoadedModel.of(model, content, from);
    } catch (IOException e) {
      throw new StjemException("no model in " + from, e);
    }
  }

  private ModelSource source(String name, String version, String content) throws IOException {
    Path path = Files.createDirectories(folder.resolve(name + "-" + version));
    write(path, content);
    return new ModelSource(name, version, path);
  }

  private static void write(Path path, String content) throws IOException {
    Files.writeString(path.resolve("model.json"), content);
    Files.writeString(path.resolve("weights.safetensors"), content);
  }

  @Test
  void acquire_namesAndVersions() throws IOException {
    models.load(source("a", "1", "x"));
    models.load(source("b", "1", "xx"));
    models.load(source("a", "2", "xxx"));
    assertThat(models.defaultName()).isEqualTo("a");
    assertThat(models.acquire("", "").info().getFingerprint()).isEqualTo("xxx");
    assertThat(models.acquire("a", "1").info().getFingerprint()).isEqualTo("x");
    assertThat(models.acquire("", "1").info().getFingerprint()).isEqualTo("x");
    assertThat(models.acquire("b", "").info().getFingerprint()).isEqualTo("xx");
    assertThat(models.infos())
        .extracting(ModelInfo::getName, ModelInfo::getVersion, ModelInfo::getIsDefaultVersion)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("a", "1", false),
            org.assertj.core.groups.Tuple.tuple("a", "2", true),
            org.assertj.core.groups.Tuple.tuple("b", "1", true));
    assertThatThrownBy(() -> models.acquire("a", "3"))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessage("NOT_FOUND: no model 'a:3'; there is 'a:1', 'b:1', 'a:2'");
  }

  @Test
  void load_nameInUse_isRefused() throws IOException {
    ModelSource source = source("a", "1", "x");
    models.load(source);
    assertThatThrownBy(() -> models.load(source))
        .hasMessage("ALREADY_EXISTS: there is a model 'a:1' already; reload it");
    assertThat(loads).isEqualTo(1);
  }

  @Test
  void reload_changed_servesNewStreamsAndKeepsTheOldForItsOwn() throws IOException {
    ModelSource source = source("a", "1", "x");
    models.load(source);
    ServedModel old = models.acquire("a", "1");
    write(source.folder(), "xy");
    assertThat(models.reload("a", "1").changed()).isTrue();
    ServedModel next = models.acquire("", "");
    assertThat(next.info().getFingerprint()).isEqualTo("xy");
    assertThat(next.info().getNumPdfs()).isEqualTo(6);
    assertThat(loaded.get("x").closed).isFalse();
    old.release();
    assertThat(loaded.get("x").closed).isTrue();
    next.release();
    assertThat(loaded.get("xy").closed).isFalse();
  }

  @Test
  void reload_sameModel_changesNothing() throws IOException {
    models.load(source("a", "1", "x"));
    FakeAcousticModel first = loaded.get("x");
    assertThat(models.reload("", "").changed()).isFalse();
    assertThat(first.closed).isFalse();
    assertThat(loaded.get("x").closed).as("the one read again").isTrue();
  }

  @Test
  void reload_brokenModel_keepsTheOldAndSaysWhy() throws IOException {
    models.load(source("a", "1", "x"));
    broken = true;
    assertThatThrownBy(() -> models.reload("a", "1"))
        .isInstanceOf(StjemException.class)
        .hasMessageStartingWith("model 'a:1' was not loaded: ")
        .hasMessageEndingWith("weights.safetensors: truncated");
    assertThat(models.acquire("a", "1").info().getFingerprint()).isEqualTo("x");
    assertThat(loaded.get("x").closed).isFalse();
  }

  @Test
  void load_modelWithoutFiniteScores_isRefusedAndFreed() throws IOException {
    ModelSource source = source("a", "1", "x");
    FakeAcousticModel[] nan = new FakeAcousticModel[1];
    ModelCatalog catalog =
        new ModelCatalog(
            from -> {
              nan[0] = new FakeAcousticModel(6, 4);
              nan[0].bias = Float.NaN;
              return LoadedModel.of(nan[0], "nan", from);
            },
            (model, name, metrics) -> new Closing(model),
            new ServingMetrics());
    assertThatThrownBy(() -> catalog.load(source))
        .hasMessage(
            "model 'a:1' was not loaded: the model cannot score silence: frame 0 has the score NaN"
                + " for pdf-id 0");
    assertThat(nan[0].closed).isTrue();
    assertThat(catalog.infos()).isEmpty();
  }

  @Test
  void unload_leavesTheOthers() throws IOException {
    models.load(source("a", "1", "x"));
    models.load(source("a", "2", "xx"));
    ServedModel kept = models.acquire("a", "2");
    assertThat(models.unload("a", "2")).isEqualTo(1);
    assertThat(models.acquire("a", "").info().getVersion()).isEqualTo("1");
    assertThat(loaded.get("xx").closed).isFalse();
    kept.release();
    assertThat(loaded.get("xx").closed).isTrue();
    assertThatThrownBy(() -> models.unload("a", "1"))
        .hasMessage("FAILED_PRECONDITION: 'a:1' is the last model of this server");
    assertThatThrownBy(() -> models.unload("a", "2")).hasMessageStartingWith("NOT_FOUND");
  }

  @Test
  void reloadChanged_filesThatSettled_areRead() throws IOException {
    ModelSource source = source("a", "1", "x");
    models.load(source);
    models.reloadChanged();
    models.reloadChanged();
    assertThat(loads).isEqualTo(1);
    write(source.folder(), "xyz");
    models.reloadChanged();
    assertThat(loads).as("they may still be being written").isEqualTo(1);
    models.reloadChanged();
    assertThat(models.acquire("", "").info().getFingerprint()).isEqualTo("xyz");
    models.reloadChanged();
    assertThat(loads).isEqualTo(2);
  }

  @Test
  void reloadChanged_brokenFiles_areTriedOnceAndAgainWhenTheyChange() throws IOException {
    ModelSource source = source("a", "1", "x");
    models.load(source);
    broken = true;
    write(source.folder(), "xyz");
    for (int i = 0; i < 5; i++) {
      models.reloadChanged();
    }
    assertThat(loads).isEqualTo(2);
    assertThat(models.acquire("", "").info().getFingerprint()).isEqualTo("x");
    broken = false;
    write(source.folder(), "xyzz");
    models.reloadChanged();
    models.reloadChanged();
    assertThat(models.acquire("", "").info().getFingerprint()).isEqualTo("xyzz");
  }

  @Test
  void close_freesAll() throws IOException {
    models.load(source("a", "1", "x"));
    models.load(source("b", "1", "xx"));
    models.close();
    assertThat(loaded.values()).allMatch(model -> model.closed.get());
    assertThatThrownBy(() -> models.acquire("", "")).hasMessageStartingWith("NOT_FOUND");
  }

  @Test
  void parse_labels() {
    assertThat(ModelSource.parse("exp/st-jem"))
        .isEqualTo(new ModelSource("st-jem", "1", Path.of("exp/st-jem")));
    assertThat(ModelSource.parse("en=exp/st-jem"))
        .isEqualTo(new ModelSource("en", "1", Path.of("exp/st-jem")));
    assertThat(ModelSource.parse("en:2026-01=exp/st-jem"))
        .isEqualTo(new ModelSource("en", "2026-01", Path.of("exp/st-jem")));
    assertThatThrownBy(() -> new ModelSource("a b", "1", folder))
        .hasMessage("model name 'a b' is not of letters, digits, '.', '_' and '-'");
  }
}
