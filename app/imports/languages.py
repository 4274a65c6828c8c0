"""Ordinary words of the languages of Western and Northern Europe.

Pure data. The words tell which letters beyond ASCII a language has, and beside which others
they stand, so most of the words listed have such a letter.
`languages_east.py` has the other languages of Latin letters, `scripts.py` those of other scripts.
"""

from __future__ import annotations

WORDS: dict[str, str] = {
    "de": """
        äöü äöü äöü äöü äöü äöü äöü äöü äöü äöüß größe größen weiß weiße schlüssel
        schlüsselanhänger tür türgriff stühle stuhl käse gäste für über öl öllampe löffel schüssel
        küche küchen möbel böden gürtel schürze wärmflasche wäsche wäschekorb bürste zahnbürste
        spülmittel geschirrspüler kühlschrank kühltasche mütze handschuhe schal strümpfe söckchen
        röcke blüten früchte gemüse müsli nüsse würfel äpfel möhren brötchen frühstück süß süßwaren
        gewürz gewürze pfeffermühle fußmatte straße draußen maß maße heißklebepistole grün grüne
        blau hellgrün gelb dunkelgrün rückwand rücken stück stücke zubehör gerät geräte verstärker
        flügel gefäß gießkanne gärtner säge hölzer hülle schutzhülle tüten müllbeutel körbe kästen
        fächer länge höhe breite wählbar ausführung für männer mädchen jünger kälte wärme schön
        schöne möglich natürlich prüfung lüfter öffner übergröße ärmel ärmellos österreich übung
        änderung fünf zwölf dreißig verschluß schloß spaß
    """,
    "fr": """
        éèê éèà àéè àéè àéè àéè àéè àéè çà çà çà çà çà çà ëïü théière crème crèmes café cafetière à
        gaz émaillé émaillée étagère étagères chaîne chêne hêtre mètre mètres lumière légère léger
        épais épaisse écran écharpe élégant électrique équipement évier étui éponge été état
        économique écologique première dernière carré carrée clé clés boîte boîtes goût goûter août
        fenêtre tête bête forêt fête crêpe crêpière poêle poêlon pâte pâtes pâtisserie gâteau
        château âge bâton tâche hôtel côte côté rôti contrôle diplôme sûr mûr flûte piqûre île
        maître naître paraître connaître plaît très près après succès accès modèle système matière
        manière rivière cuillère cuillères salière saladière vêtement bébé bébés métal acier
        inoxydable télécommande téléphone température qualité beauté santé unité quantité capacité
        garçon façade leçon reçu français française ça déjà voilà où noël naïf maïs haïr héroïne
        œuf œufs cœur sœur bœuf œuvre nœud vœux réglable réfrigéré démontable déco décoration
        détergent séchoir sèche-linge lève-vitre brûleur abat-jour doré
    """,
    "es": """
        niño niña niños español españa año años baño bañador pequeño pequeña tamaño señal señor
        mañana montaña cabaña araña piña cañón muñeca puñal paño pañal pañuelo diseño otoño sueño
        lámpara lámparas cámara cámaras teléfono teléfonos batería baterías electrónica eléctrico
        eléctrica mecánico plástico plástica cerámica máquina máquinas cómoda sillón cojín jabón
        algodón cartón limón melón jamón salmón ratón botón cajón camión avión habitación
        iluminación decoración colección protección presión dirección edición versión canción
        jardín calcetín maletín violín sartén almacén también después sofá café té menú bambú
        número números música público último última título línea líneas útil fácil móvil portátil
        árbol azúcar lápiz césped cúbico óptica óptico ópera índice ángulo área páginas válvula
        tornillería peluquería panadería joyería librería cuchillería fotografía economía energía
        día días guía vacío frío río pingüino paragüero bilingüe así aquí más está están será según
        medición acción qué cómo
    """,
    "pt": """
        não são pão mão chão cão mãe mães irmão algodão cartão botão fogão colchão sabão limão
        verão portão coração avião camarão feijão macarrão televisão pressão edição versão proteção
        iluminação decoração coleção informação ação opções opção cartões botões aviões porções
        calções calção cabeça braço laço aço peça peças preço preços lençol lençóis cadarço força
        açúcar almoço berço caçarola louça moça poço terraço traço você avó avô bebê bebês café
        cafés chá chás pé pés sofá sofás lâmpada lâmpadas câmera câmara relâmpago âncora âmbar
        ânimo português inglês francês mês três gênero gêmeos tênis elétrica elétrico eletrônico
        eletrônica cosmético estético prático plástico máquina rádio relógio óculos óleo óleos
        ótimo último números número música público único única útil fácil móvel móveis automóvel
        água águas área país saúde baú baús possível impossível família bateria edifício início
        exercício têxtil tecnológico fotográfico lápis ônibus pôster grátis até também já só há é
        às à está xícara
    """,
    "it": """
        caffè tè città qualità quantità unità novità università libertà metà età già là più giù
        virtù gioventù tribù menù bambù così lunedì martedì venerdì sì lì però può ciò perché
        poiché affinché né sé è à papà sofà carità attività capacità velocità umidità luminosità
        comodità praticità elasticità profondità densità proprietà varietà società verità bontà età
        felicità tiramisù ragù cioè purché benché finché servirà sarà farà avrà potrà dovrà piacerà
    """,
    "da": """
        køkken køkkener stol grøn grønne rød røde blå grå hård hårde hår hårbørste børste børn
        børne tøj håndklæde håndtag hånd skål skåle skåler kål mål måltid måned båd både bådsmand
        låg låse lås nål nåle nøgle nøgler nøglering ører øreringe øre øl ølglas ø øer æble æbler
        æg æggekop ægte æske æsker ære lænestol læder lærred længde læse græs græsslåmaskine
        glædelig træ træstol trætte værktøj væg vægt vægte vægur vækkeur være sæbe sæt sættes sæson
        særlig skærm skærebræt bræt brød brødrister bøjle dør dørmåtte måtte dåse gåsedun
        påfyldning lågen sofapude smør smøreolie smørrebrød sølv sølvfarvet søm sød sønnen tørklæde
        tørretumbler tørre høj højde højttaler høretelefoner kølig køleskab kølebox møbel møbler
        mørk mørkeblå mønster møtrik plæneklipper tæppe tæpper fløde fløjl gødning åben åbner år
        århus åbning næse kæde kæmpe
    """,
    "no": """
        kjøkken stoler grønn grønne rød røde blå grå hård hår hårbørste børste barneklær klær tøy
        håndkle håndkler hånd skål skåler mål måltid måned båt båter lås låser nål nøkkel nøkler
        nøkkelring ører øredobber øl ølglass øy eple egg ekte eske ærlig lenestol skinn lær bærbar
        bære bær blåbær jordbær tre trær verktøy vær værbestandig være såpe sett sesong særlig
        skjerm brød brødrister dør dørmatte smør smøreolje sølv sølvfarget søm søt tørke
        tørkestativ høy høyde høyttaler høretelefoner kjøleskap kjølebag kjøtt kjøttkniv møbler
        mørk mørkeblå mønster mutter fløte fløyel gjødsel åpen åpner år åtte påfyll måler gå gåtur
        på så også få ned når støvel støvler støvsuger hengekøye køye utendørs innendørs skøyter
        drøm strøm strømpe
    """,
    "sv": """
        kök köksstol stol grön gröna röd röda blå gråa grå hård hår hårborste borste barnkläder
        kläder tröja tröjor tyg handduk hand skål skålar mål måltid månad båt båtar lås nål nyckel
        nyckelring öra örhängen öl ölglas ö öar äpple äpplen ägg äggkopp äkta ask ära länstol läder
        lärft längd läsa gräs gräsklippare glädje trä träd trästol tvättmedel tvål tvättmaskin
        väska väskor ryggsäck vägg väggklocka väckarklocka vikt vår väder säng sängkläder sängar
        säkerhet särskild skärm skärbräda bröd brödrost dörr dörrmatta smör smörja söt sött söm
        höjd hög högtalare hörlurar kyl kylväska kött köttkniv möbel möbler mörk mörkblå mönster
        mutter öppen öppnare grädde sammet gödsel år åtta påfyllning få gå så på också när för före
        över under innan värme värmeljus fönster gårdsbruk färg färger färgad stövel stövlar
        dammsugare hängmatta utomhus inomhus skridskor ström strömbrytare strumpor gångjärn käpp
        spännare trådlös trådlösa måttband
    """,
    "fi": """
        pöytä pöydät tuoli sähkö sähköinen keittiö keittiöveitsi tyyny pyyhe hylly hyllyt päällinen
        lämpö lämmitin lämpömittari jääkaappi jäähdytin jää pää päähine käsi käsine käsineet
        käsipyyhe metsä näyttö näppäimistö kello herätyskello vihreä keltainen sinistä ympäristö
        päivä yö äiti isä äänen kaiutin kynttilä kynttilät kynä kynät väri värit väriset värikynä
        sänky sängyt mäyräkoira kenkä kengät säkki säkkituoli säädettävä kestävä tiivistä käyttö
        käyttöohje kävelykengät hyvä hyvää tämä tämän nämä mitä enää myös täysin näin jälkeen köysi
        köydet hölkkä pöllö löyly sörnäinen lämmin lämpimät vyö vyöt työkalu työkalut työ öljy
        öljyt hääpuku lääke vaahtokylpy pesuaine pesin säilytys säilytyslaatikko särmä terävä teräs
        ruostumaton puutarhatyöt kääntöpöytä nähtävä näytetty
    """,
    "is": """
        stóll stólar borð eldhúsborð eldhús grænn græn rauður blár grár hár hárbursti föt fatnaður
        peysa peysur handklæði hönd skál skálar mál máltíð mánuður bátur lás nál lykill eyrnalokkar
        eyra bjór glas epli egg ekta askja leður lengd þráður þráðlaus þvottavél þvottaefni
        þurrkari þunnur þykkur þrír það þessi þetta við með sápa sett skjár skurðarbretti brauð
        brauðrist hurð dyramotta smjör sætur saumur hæð hár hátalari heyrnartól ísskápur kælir kjöt
        húsgögn dökkur mynstur opinn rjómi áburður ár átta áfylling fá á svo þegar fyrir yfir undir
        hiti kertaljós gluggi litur litir stígvél ryksuga hengirúm úti inni rúm rúmföt koddi teppi
        útivist góður gúmmí síma sími tölva lampi ljós ljósakróna vegghilla bók bækur blað penni
        málning verkfæri skrúfa hamar sög ól úlpa vettlingar húfa trefill sokkar skór skórnir æfing
        öruggt öxi ægir
    """,
    "nl": """
        één coördinatie ideeën knieën zeeën tweeën drieën geïsoleerd geïmpregneerd geïntegreerd
        ruïne egoïst crème café cafés paté frêle enquête scène première carrière reünie vacuüm
        oriënt patiënt efficiënt officiële financiële materiële industriële traditionele zoölogie
        poëzie italië spanje belgië scandinavië financiën reëel ideëel elektriciteitsdraad maïs
        maïzena mozaïek cocaïne prozaïsch naïef bedoeïen beëindigd geüpdatet hygiëne hygiënisch
        diëet cliënt variëteit variërend skiën kopiëren überhaupt privé comité logé appliqué
        variété hé oké façade garçon piëdestal canapé rosé glacé
    """,
    "en": """
        café cafés crème brûlée jalapeño piñata façade fiancé résumé décor purée sauté entrée
        soufflé naïve appliqué cliché élan rosé pâté flambé matinée protégé blasé consommé crêpe
        crêpes déjà vu voilà touché smörgåsbord über doppelgänger açaí gruyère rösti señor mañana
        québec zoë brontë noël château à la carte bouclé moiré lamé glacé curaçao beyoncé häagen
        pokémon loréal estée lancôme nescafé citroën moët hermès
    """,
    "cy": """
        dŵr tŷ tŷr tân gŵyl gŵr ffôn llyfrgell cadair cadeiriau bwrdd golau cegin pren siôl gwâr
        gwên llên trôns côt cotiau siŵr ŷd hŷn môr môrlin sêr gêm gemau tâp bîns crys glân llwy
        llwyau pêl peli hâl ŵyn ŵy ŵyau dŵraidd cŵn cŵl mwyn plât platiau sosbân lôn tôn blwch afal
        cyllell cymraeg brwsh
    """,
    "ga": """
        éadach bróg bróga cóta léine bán dearg glas órga airgid úll cathaoir tábla leaba lámpa
        solas cistin adhmad fíon arán císte cáis scian síoda leabhar páipéar peann clár fón
        ríomhaire eochair doras fuinneog mála málaí ríomh bóthar carr gairdín bláth rós uisce tae
        caife bainne siúcra éireann gaeilge
    """,
    "mt": """
        siġġu siġġijiet mejda sodda għata mħadda purtiera tapit dawl lampa xemgħa borma tazza platt
        furketta mgħarfa sikkina kċina injam ħadid azzar ram ħġieġ plastik abjad iswed aħmar isfar
        aħdar blu griż roża raġel mara tifel qmis qliezet żarbun kappell xalpa ingwanti libsa borża
        ħżiem arloġġ ċurkett ċavetta sapun xampù żejt ħobż ħalib zokkor ilma għall minn fuq ġdid
        żgħir ċikkulata ċar ħafif
    """,
    "ca": """
        llum làmpada làmpades tassa tasses cadires armari llençol llençols tovallola coixí coixins
        catifa ganivet ganivets cullera culleres forquilla plàstic ceràmica elèctric elèctrica cafè
        te ració ració col·lecció decoració il·luminació protecció càmera telèfon bateria cotó sabó
        raïm plàtan maduixa suís país veïna aigües paraigües llengües també després així això què
        més bé són és à més jardí camió avió botó cançó braç peça peces força açò moçambic número
        útil fàcil mòbil òptica ulleres rellotge mecànic sofà àrea àmplia història gràcies família
        anglès francès català català dolç calçat calçats calçotets
    """,
}  # fmt: skip
# Letters that may stand in a text of a language, beside those of its words.
RARE: dict[str, str] = {
    "de": "éèàçêôëáóñ", "fr": "ÿùûüñæ", "es": "ªºçèà", "pt": "ªºüàõ", "it": "îòìéá", "da": "éüöä",
    "no": "éòôüöäâ", "sv": "éàüèáæø", "fi": "åšžé", "is": "öé", "nl": "áóíúèêûç", "en": "éèöüñáó",
    "cy": "âêîôûŵŷáéïö", "ga": "áéíóú", "mt": "àèìòù", "ca": "ïüç",
}  # fmt: skip
