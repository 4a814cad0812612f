using Ttm.Server.Operations.Admission;

namespace Ttm.Server.Configuration;

/// <summary>Reads the section <c>Admission</c>.</summary>
internal static class AdmissionSettings
{
    public static AdmissionOptions Read(Settings settings)
    {
        var options = settings.Bind<AdmissionOptions>("Admission");
        return options.Problems().FirstOrDefault() is { } problem ? throw new StartException(problem) : options;
    }
}
