using Ttm.Load;
using Ttm.Load.Scenario;
using Ttm.Rtc;

var parsed = new LoadCommand().Create(RunAsync).Parse(args);
if (parsed.Errors.Count > 0)
{
    await Console.Error.WriteLineAsync(parsed.Errors[0].Message);
    return 2;
}

return await parsed.InvokeAsync();

static async Task<int> RunAsync(LoadOptions options, CancellationToken cancellationToken)
{
    if (!NativeLibraries.Check(out string? missing, NativeLibraries.Opus, NativeLibraries.Ssl, NativeLibraries.Crypto))
    {
        await Console.Error.WriteLineAsync(missing);
        return 2;
    }

    return await LoadRun.RunAsync(options, Console.Out, Console.Error, cancellationToken);
}
