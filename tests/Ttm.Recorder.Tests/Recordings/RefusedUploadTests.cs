using Ttm.Recorder.Recordings;
using Ttm.Recorder.Storage;
using Ttm.Testing;

namespace Ttm.Recorder.Tests.Recordings;

/// <summary>A store that is well by its own account and refuses recordings all the same, as a policy on tags does.</summary>
public sealed class RefusedUploadTests
{
    [Fact]
    public async Task RefusedUpload_IsTheStoresProblem_UntilItIsTaken()
    {
        await using var fixture = new RecorderFixture();
        bool refuses = true;
        var store = new HookStore(fixture.Store)
        {
            BeforePut = key => refuses && key.EndsWith(".mp3", StringComparison.Ordinal)
                ? throw new ObjectStoreException("The bucket refuses tags: allow s3:PutObjectTagging.", transient: false)
                : Task.CompletedTask,
        };
        RecorderService service = await fixture.StartAsync(store: store);
        fixture.Record(service, "s-1", 0, 50);

        await Until.TrueAsync(() => service.Health.StoreProblem is not null);
        service.Health.StoreProblem.ShouldBe("The bucket refuses tags: allow s3:PutObjectTagging.");
        refuses = false;
        await Until.TrueAsync(() => service.List(RecorderFixture.Lesson)[0].Status == RecordingStatus.Stored);
        await Until.TrueAsync(() => service.Health.StoreProblem is null);
    }
}
